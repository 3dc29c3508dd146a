"""The funnel page and its files. Thin: a question in, its answer drawn."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from funnel.page.headline import say_headline, say_updated
from funnel.page.tiles import SELF_SERVICE, TEAM, fill_tiles
from funnel.pictures.captions import end_rows, flow_rows, month_rows, picture_of_flow, picture_of_months
from funnel.report.answers import Answer, answer
from funnel.report.asking import Question, QuestionForm
from funnel.report.exports import as_csv, as_json


@require_safe
@login_required
def show_funnel(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.GET)
    question = form.question()
    return render(request, "funnel/funnel.html", page_of(form, question, answer(question)))


def page_of(form: QuestionForm, question: Question, given: Answer) -> dict[str, Any]:
    figures, before = given.figures, given.before
    missing = records_begin_late(question, given.records_since)
    return {
        "form": refilled(form, question),
        "question": question,
        "query": question.query,
        "is_untouched": given.records_since is None,
        "figures": figures,
        "headline": say_headline(figures, None if missing else before, question.compared),
        "updated": say_updated(given.age),
        "flow": picture_of_flow(figures),
        "ends": end_rows(figures),
        "flow_rows": flow_rows(figures),
        "bars": picture_of_months(figures),
        "month_rows": month_rows(figures),
        "self_service_tiles": fill_tiles(SELF_SERVICE, figures, before, incomplete_since=missing),
        "team_tiles": fill_tiles(TEAM, figures, before, incomplete_since=missing),
    }


def records_begin_late(question: Question, records_since: datetime | None) -> date | None:
    """The day our records begin, where that is too late to compare counts with the period before."""
    previous = question.compared
    if records_since is None or not previous.start < records_since < previous.end:
        return None
    is_covered = previous.is_covered_since(records_since)
    return None if is_covered else records_since.astimezone(previous.zone).date()


def refilled(form: QuestionForm, question: Question) -> QuestionForm:
    """The form as it was understood, its dates filled in so that another period can be chosen from them."""
    if form.errors:
        return form
    period = question.period
    dates = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    return QuestionForm(question.words | dates)


@require_safe
@login_required
def give_json(request: HttpRequest) -> HttpResponse:
    question = QuestionForm(request.GET).question()
    return JsonResponse(as_json(answer(question), question))


@require_safe
@login_required
def give_csv(request: HttpRequest) -> HttpResponse:
    question = QuestionForm(request.GET).question()
    return file_of(as_csv(answer(question), question), "text/csv", question, "csv")


@require_safe
@login_required
def give_svg(request: HttpRequest) -> HttpResponse:
    question = QuestionForm(request.GET).question()
    picture = picture_of_flow(answer(question).figures, standalone=True)
    return file_of(picture, "image/svg+xml", question, "svg")


def file_of(content: str, kind: str, question: Question, ending: str) -> HttpResponse:
    name = f"funnel-{question.period.since}-{question.period.until}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers=headers)
