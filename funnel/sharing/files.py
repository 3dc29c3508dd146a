"""A shared report as a file: each kind drawn from the same answer as the page, in the language that is active."""

from collections.abc import Callable

from django.http import HttpResponse, JsonResponse

from funnel.page.views import file_of
from funnel.pictures.captions import picture_of_flow
from funnel.report.answers import Answer
from funnel.report.asking import Question
from funnel.report.exports import as_csv, as_json

Draw = Callable[[Question, Answer, str], HttpResponse]


def draw_csv(question: Question, given: Answer, language: str) -> HttpResponse:
    return file_of(as_csv(given, question), "text/csv", question, "csv")


def draw_json(question: Question, given: Answer, language: str) -> HttpResponse:
    return JsonResponse(as_json(given, question))


def draw_svg(question: Question, given: Answer, language: str) -> HttpResponse:
    picture = picture_of_flow(given.figures, standalone=True)
    return file_of(picture, "image/svg+xml", question, "svg")


FILES: dict[str, Draw] = {"svg": draw_svg, "csv": draw_csv, "json": draw_json}
