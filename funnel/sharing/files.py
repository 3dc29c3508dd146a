"""A shared report as a file: each kind drawn from the same answer as the page, in the language that is active."""

from collections.abc import Callable

from django.http import HttpResponse, JsonResponse

from funnel.files.gathering import gather_page
from funnel.files.pdf import draw_pdf
from funnel.files.png import draw_png
from funnel.files.views import file_of_bytes
from funnel.page.views import file_of
from funnel.pictures.captions import picture_of_flow
from funnel.report.answers import Answer
from funnel.report.asking import Question
from funnel.report.exports import as_csv, as_json

Draw = Callable[[Question, Answer, str], HttpResponse]


def give_csv(question: Question, given: Answer, language: str) -> HttpResponse:
    return file_of(as_csv(given, question), "text/csv", question, "csv")


def give_json(question: Question, given: Answer, language: str) -> HttpResponse:
    return JsonResponse(as_json(given, question))


def give_svg(question: Question, given: Answer, language: str) -> HttpResponse:
    return file_of(picture_of_flow(given.figures, standalone=True), "image/svg+xml", question, "svg")


def give_pdf(question: Question, given: Answer, language: str) -> HttpResponse:
    drawn = draw_pdf(gather_page(question, given), language=language)
    return file_of_bytes(drawn, "application/pdf", question, "pdf")


def give_png(question: Question, given: Answer, language: str) -> HttpResponse:
    drawn = draw_png(gather_page(question, given), language=language)
    return file_of_bytes(drawn, "image/png", question, "png")


# What is offered, in the order of the page. The last two are set by Typst, which takes its time.
FILES: dict[str, Draw] = {
    "csv": give_csv,
    "json": give_json,
    "svg": give_svg,
    "pdf": give_pdf,
    "png": give_png,
}
TYPESET = frozenset({"pdf", "png"})
