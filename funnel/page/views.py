"""The funnel page. Thin: a question in, its answer drawn."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_ratelimit.decorators import ratelimit

from funnel.page.breakdown import Breakdown, breakdown_of
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
from funnel.page.limits import PAGES
from funnel.page.links import RowLinks, links_of
from funnel.page.rebuilding import rebuilding, rebuilt
from funnel.page.sections import report_of
from funnel.report.answers import Answer, answer
from funnel.report.asking import PREVIOUS, Question, QuestionForm

FILES = {
    "pdf": gettext_lazy("the whole report, to print or hand on"),
    "png": gettext_lazy("the flow as a picture"),
    "svg": gettext_lazy("the flow, for slides"),
    "csv": gettext_lazy("a table, for spreadsheets"),
    "json": gettext_lazy("for programs"),
}


@require_safe
@login_required
@ratelimit(key="user", rate=PAGES, block=True)
def show_funnel(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.GET)
    question = form.question()
    table = {name: request.GET[name] for name in ("by", "sort") if request.GET.get(name)}
    given = answer(question)
    page = page_of(form, question, given, words=question.words | table)
    page["breakdown"] = breakdown_asked(request, form, question, page["links"], given=given)
    response = render(request, "funnel/funnel.html", page)
    if request.headers.get("HX-Trigger") == "funnel-filters":
        response["HX-Push-Url"] = page_url(question.words | table)
    return response


@require_safe
@login_required
@ratelimit(key="user", rate=PAGES, block=True)
def show_breakdown(request: HttpRequest) -> HttpResponse:
    """The table of the human part alone, by another dimension or sorted otherwise."""
    form = QuestionForm(request.GET)
    question = form.question()
    breakdown = breakdown_asked(request, form, question, links_of(question))
    return render(request, "funnel/_breakdown.html", {"breakdown": breakdown})


def breakdown_asked(
    request: HttpRequest,
    form: QuestionForm,
    question: Question,
    links: RowLinks,
    *,
    given: Answer | None = None,
) -> Breakdown:
    by, sort = request.GET.get("by", ""), request.GET.get("sort", "")
    return breakdown_of(form, question, links, by=by, sort=sort, given=given)


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
        "tags": tags_in_use(question.edition),
        "periods": options_of(form, "period", [str(question.words["period"])]),
        "comparisons": options_of(form, "compare", [str(question.words.get("compare", PREVIOUS))]),
        "rebuilding": rebuilding(),
        "rebuilt": rebuilt(question.edition),
        "is_untouched": given.records_since is None,
        **report_of(question, given, links, part=say_part(choices, question)),
    }


def files_of(question: Question) -> list[dict[str, str]]:
    """What can be taken along: the name of each kind, what it is, and where it is."""
    return [
        {"name": name.upper(), "words": str(what), "url": f"{reverse(f'funnel:{name}')}?{question.query}"}
        for name, what in FILES.items()
    ]


def refilled(form: QuestionForm, question: Question) -> QuestionForm:
    """The form as it was understood, its dates filled in so that another period can be chosen from them."""
    if not form.errors:
        period = question.period
        form.data = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    return form
