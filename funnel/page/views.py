"""The funnel page and its files. Thin: a question in, its answer drawn."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from funnel.page.breakdown import Breakdown, breakdown_of
from funnel.page.filling import FilledTile, Tile, fill_tiles
from funnel.page.filters import (
    Words,
    chips_of,
    choices_of,
    options_of,
    page_url,
    page_without_filters,
    say_part,
    tags_in_use,
)
from funnel.page.headline import say_headline, say_span, say_updated
from funnel.page.links import RowLinks, links_of
from funnel.page.messages import messages_section
from funnel.page.rebuilding import rebuilding, rebuilt
from funnel.page.tiles import SELF_SERVICE, TEAM
from funnel.page.week import week_section
from funnel.pictures.captions import end_rows, flow_rows, month_rows, picture_of_flow, picture_of_months
from funnel.report.answers import Answer, answer
from funnel.report.asking import PREVIOUS, Question, QuestionForm
from funnel.report.exports import as_csv, as_json

FILES = {
    "pdf": gettext_lazy("the whole report, to print or hand on"),
    "png": gettext_lazy("the flow as a picture"),
    "svg": gettext_lazy("the flow, for slides"),
    "csv": gettext_lazy("a table, for spreadsheets"),
    "json": gettext_lazy("for programs"),
}


@require_safe
@login_required
def show_funnel(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.GET)
    question = form.question()
    table = {name: request.GET[name] for name in ("by", "sort") if request.GET.get(name)}
    page = page_of(form, question, answer(question), words=question.words | table)
    page["breakdown"] = breakdown_asked(request, form, question, page["links"])
    response = render(request, "funnel/funnel.html", page)
    if request.headers.get("HX-Trigger") == "funnel-filters":
        response["HX-Push-Url"] = page_url(question.words | table)
    return response


@require_safe
@login_required
def show_breakdown(request: HttpRequest) -> HttpResponse:
    """The table of the human part alone, by another dimension or sorted otherwise."""
    form = QuestionForm(request.GET)
    question = form.question()
    breakdown = breakdown_asked(request, form, question, links_of(question))
    return render(request, "funnel/_breakdown.html", {"breakdown": breakdown})


def breakdown_asked(
    request: HttpRequest, form: QuestionForm, question: Question, links: RowLinks
) -> Breakdown:
    by, sort = request.GET.get("by", ""), request.GET.get("sort", "")
    return breakdown_of(form, question, links, by=by, sort=sort)


def page_of(form: QuestionForm, question: Question, given: Answer, *, words: Words) -> dict[str, Any]:
    """All that the page shows but its table. `words`: the page's whole query, the table's part too."""
    links = links_of(question)
    choices = choices_of(form, question)
    return {
        "form": refilled(form, question),
        "question": question,
        "query": question.query,
        "links": links,
        "files": files_of(question),
        "spam_url": links.figure("spam"),
        "choices": choices,
        "chips": chips_of(choices, words),
        "unfiltered": page_without_filters(words),
        "tags": tags_in_use(),
        "periods": options_of(form, "period", [str(question.words["period"])]),
        "comparisons": options_of(form, "compare", [str(question.words.get("compare", PREVIOUS))]),
        "rebuilding": rebuilding(),
        "rebuilt": rebuilt(question.edition),
        "is_untouched": given.records_since is None,
        **report_of(question, given, links, part=say_part(choices, question)),
    }


def report_of(question: Question, given: Answer, links: RowLinks, *, part: str) -> dict[str, Any]:
    """The sections of the page that only show the answer."""
    figures, before, period = given.figures, given.before, question.period
    missing = records_begin_late(question, given.records_since)
    told = None if missing else before

    def month_url(month: str, key: str) -> str:
        return links.month(month, key, question=question)

    def tiles(group: list[Tile]) -> list[FilledTile]:
        return fill_tiles(group, figures, before, incomplete_since=missing, url=links.figure)

    return {
        "figures": figures,
        "headline": say_headline(figures, told, question.compared, period=period, part=part),
        "span": say_span(period),
        "compared_span": say_span(question.compared),
        "updated": say_updated(given.age),
        "age": given.age,
        "updated_at": given.updated_at,
        "flow": picture_of_flow(figures, leading=links.flow),
        "ends": end_rows(figures, links.node),
        "flow_rows": flow_rows(figures, links.band),
        "bars": picture_of_months(figures),
        "month_rows": month_rows(figures, month_url),
        "messages_section": messages_section(figures, period, given.records_since),
        "week": week_section(figures, period.zone.key, links.hour),
        "self_service_tiles": tiles(SELF_SERVICE),
        "team_tiles": tiles(TEAM),
    }


def files_of(question: Question) -> list[dict[str, str]]:
    """What can be taken along: the name of each kind, what it is, and where it is."""
    return [
        {"name": name.upper(), "words": str(what), "url": f"{reverse(f'funnel:{name}')}?{question.query}"}
        for name, what in FILES.items()
    ]


def records_begin_late(question: Question, records_since: datetime | None) -> date | None:
    """The day our records begin, where that is too late to compare counts with the period before."""
    previous = question.compared
    if records_since is None or not previous.start < records_since < previous.end:
        return None
    is_covered = previous.is_covered_since(records_since)
    return None if is_covered else records_since.astimezone(previous.zone).date()


def refilled(form: QuestionForm, question: Question) -> QuestionForm:
    """The form as it was understood, its dates filled in so that another period can be chosen from them."""
    if not form.errors:
        period = question.period
        form.data = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    return form


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
