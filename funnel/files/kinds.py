"""The report as a file: each kind drawn from the same answer as the page, in the language that is active."""

from typing import Protocol

from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language

from funnel.files.gathering import gather_page
from funnel.files.pdf import draw_pdf
from funnel.files.png import draw_png
from funnel.pictures.captions import picture_of_flow
from funnel.report.answers import Answer
from funnel.report.asking import Question
from funnel.report.exports import as_csv, as_json


class Draw(Protocol):
    """`dark`: light on dark, where the kind is a picture."""

    def __call__(self, question: Question, given: Answer, *, dark: bool = False) -> HttpResponse: ...


def give_csv(question: Question, given: Answer, *, dark: bool = False) -> HttpResponse:
    return file_of(as_csv(given, question), "text/csv; charset=utf-8", question, "csv")


def give_json(question: Question, given: Answer, *, dark: bool = False) -> HttpResponse:
    return JsonResponse(as_json(given, question))


def give_svg(question: Question, given: Answer, *, dark: bool = False) -> HttpResponse:
    drawn = picture_of_flow(given.figures, standalone=True, dark=dark)
    return file_of(drawn, "image/svg+xml; charset=utf-8", question, "svg")


def give_pdf(question: Question, given: Answer, *, dark: bool = False) -> HttpResponse:
    drawn = draw_pdf(gather_page(question, given), language=get_language())
    return file_of(drawn, "application/pdf", question, "pdf")


def give_png(question: Question, given: Answer, *, dark: bool = False) -> HttpResponse:
    drawn = draw_png(gather_page(question, given), language=get_language(), dark=dark)
    return file_of(drawn, "image/png", question, "png")


def file_of(content: str | bytes, kind: str, question: Question, ending: str) -> HttpResponse:
    name = f"funnel-{question.period.since}-{question.period.until}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


# What is offered, by ending, in the order of a shared report. The last two are set by Typst, which takes its time.
KINDS: dict[str, Draw] = {
    "csv": give_csv,
    "json": give_json,
    "svg": give_svg,
    "pdf": give_pdf,
    "png": give_png,
}
TYPESET = frozenset({"pdf", "png"})
