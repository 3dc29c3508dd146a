"""The human part for each channel, department, language, tag or teammate: a table that sorts and leads to its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from funnel.page.filling import COUNT, DURATION, SHARE, Part, say
from funnel.page.filters import page_url
from funnel.page.links import NO_LINKS, RowLinks
from funnel.pictures.svg import number, tag, words
from funnel.report.answers import Answer, parts
from funnel.report.asking import NO_LANGUAGE, Question, QuestionForm
from funnel.report.breakdown import AGENT, CHANNEL, DEPARTMENT, LANGUAGE, TAG
from funnel.report.wording import NOTHING, say_percent
from helpdesk.people.models import User

TABS: dict[str, Promise] = {
    DEPARTMENT: _("Department"),
    CHANNEL: _("Channel"),
    AGENT: _("Teammate"),
    TAG: _("Tag"),
    LANGUAGE: _("Language"),
}
COLUMNS = (
    Part("new", pgettext_lazy("conversations", "New"), COUNT),
    Part("replied", _("Answered"), COUNT),
    Part("closed", pgettext_lazy("conversations", "Closed"), COUNT),
    Part("median_first_response", _("First response"), DURATION),
    Part("median_time_to_close", _("Time to close"), DURATION),
    Part("csat", _("Satisfied"), SHARE),
    Part("first_contact_resolution", _("At first contact"), SHARE),
    Part("chats_answered_in_1_minute", _("Chats in 1 min"), SHARE),
    Part("chats_answered_in_10_minutes", _("Chats in 10 min"), SHARE),
)
# A teammate's own: conversations reach a team, and nobody in it is asked alone.
NOT_OF_AGENTS = {"new", "chats_answered_in_1_minute", "chats_answered_in_10_minutes"}
SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Tab:
    name: str
    label: str
    url: str
    part_url: str
    is_chosen: bool


@dataclass(frozen=True)
class Head:
    """The head of a column: its words, where a click sorts by it, and how the table is sorted by it now."""

    key: str
    label: str
    url: str
    part_url: str
    sorted: str  # "ascending", "descending" or ""


@dataclass(frozen=True)
class Line:
    label: str
    cells: SafeString


@dataclass(frozen=True)
class Breakdown:
    by: str
    sort: str
    label: str
    tabs: list[Tab]
    heads: list[Head]
    lines: list[Line]
    left_out: int


def breakdown_of(
    form: QuestionForm,
    question: Question,
    links: RowLinks,
    *,
    by: str,
    sort: str,
    given: Answer | None = None,
) -> Breakdown:
    """The table of the dimension `by`, sorted by the column `sort` ("-closed": the most first). `given`: the report
    above it, where it is shown."""
    by = by if by in TABS else DEPARTMENT
    columns = [column for column in COLUMNS if by != AGENT or column.key not in NOT_OF_AGENTS]
    is_known = sort.removeprefix("-") in {column.key for column in columns}
    sort = sort if is_known else ""
    rows = [row for row in parts(question, by, given=given) if has_human_part(row["figures"])]
    rows = sorted_rows(rows, sort)
    names = names_of(form, by, [row["key"] for row in rows])
    unasked = not_to_be_asked(form, by, [row["key"] for row in rows])
    most = {
        key: max((row["figures"][key] for row in rows), default=0) for key in ("new", "replied", "closed")
    }
    return Breakdown(
        by=by,
        sort=sort,
        label=str(TABS[by]),
        tabs=[tab_of(question, name, by, sort) for name in TABS],
        heads=[head_of(question, column, by, sort) for column in columns],
        lines=[
            Line(
                names(row["key"]),
                cells_of(row, columns, NO_LINKS if row["key"] in unasked else links, by, most),
            )
            for row in rows[:SHOWN_AT_MOST]
        ],
        left_out=max(0, len(rows) - SHOWN_AT_MOST),
    )


def has_human_part(figures: dict[str, Any]) -> bool:
    return any(figures[key] for key in ("new", "replied", "closed", "ratings", "chats"))


def sorted_rows(rows: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    """What has no figure stands last, either way."""
    if not sort:
        return rows
    key, sign = sort.removeprefix("-"), -1 if sort.startswith("-") else 1
    known = [row for row in rows if row["figures"][key] is not None]
    unknown = [row for row in rows if row["figures"][key] is None]
    return sorted(known, key=lambda row: sign * row["figures"][key]) + unknown


def tab_of(question: Question, name: str, by: str, sort: str) -> Tab:
    url, part_url = urls_of(question, by=name, sort=sort)
    return Tab(name, str(TABS[name]), url, part_url, name == by)


def head_of(question: Question, column: Part, by: str, sort: str) -> Head:
    """The first click puts what one looks for first: the most of something, but the shortest time."""
    key = column.key
    first, second = (key, f"-{key}") if column.unit == DURATION else (f"-{key}", key)
    url, part_url = urls_of(question, by=by, sort=second if sort == first else first)
    how = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    return Head(key, str(column.label), url, part_url, how)


def urls_of(question: Question, *, by: str, sort: str) -> tuple[str, str]:
    """The page with this table, and the table alone."""
    asked = {**question.words, "by": by, "sort": sort}
    query = urlencode({name: word for name, word in asked.items() if word}, doseq=True)
    return page_url(asked), f"{reverse('funnel:breakdown')}?{query}"


def cells_of(
    row: dict[str, Any], columns: list[Part], links: RowLinks, by: str, most: dict[str, int]
) -> SafeString:
    """A row's cells as markup: a template would take its time with a hundred of them."""
    cells = (cell_of(row, column, links, by, most) for column in columns)
    return mark_safe("".join(cells))  # noqa: S308 - written by tag(), which escapes


def cell_of(row: dict[str, Any], column: Part, links: RowLinks, by: str, most: dict[str, int]) -> str:
    figures, key = row["figures"], column.key
    figure = words(say(column, figures))
    if figure == NOTHING:
        return tag("td", figure, class_="number quiet")
    url = links.figure(key, **narrowed(by, row["key"]))
    linked = tag("a", figure, href=url) if url else figure
    if key in most:
        return tag("td", linked, bar_of(figures[key], most[key]), class_="number")
    if key == "csat":
        low, high = figures["csat_interval"]
        drawn = interval_of(low, high, figures["csat"])
        return tag("td", linked, drawn, class_="number", title=say_interval(low, high))
    return tag("td", linked, class_="number")


def not_to_be_asked(form: QuestionForm, by: str, keys: list[str]) -> set[str]:
    """Values that no filter knows, as a department that is gone: their links would lead to the rows of everybody."""
    if by in {TAG, AGENT}:
        return set()
    known = {str(value) for value, _label in form.fields[by].choices}
    return {key for key in keys if (key or NO_LANGUAGE) not in known}


def narrowed(by: str, key: str) -> dict[str, Any]:
    """The row's own value as a filter of the rows it counts."""
    if by in {TAG, AGENT}:
        return {by: key}
    return {by: [key or NO_LANGUAGE]}


def say_interval(low: float, high: float) -> str:
    bounds = {"low": say_percent(low), "high": say_percent(high)}
    return gettext("95%% interval %(low)s to %(high)s") % bounds


def bar_of(value: int, most: int) -> str:
    share = value / most * 100 if most else 0
    bar = tag("rect", width=f"{number(float(share))}%", height=4, rx=2, class_="bars-part series--team")
    return tag("svg", bar, width="100%", height=4, aria_hidden="true", class_="cell-bar")


def interval_of(low: float, high: float, share: float) -> str:
    """The share as a mark on a line from 0 to 100 %, and how far it can be trusted as a bar around it."""
    drawn = (
        tag("rect", y=1, width="100%", height=2, class_="cell-line"),
        tag(
            "rect",
            x=f"{number(low * 100)}%",
            width=f"{number((high - low) * 100)}%",
            height=4,
            rx=2,
            class_="cell-span",
        ),
        tag("rect", x=f"{number(share * 98)}%", width="2%", height=4, class_="bars-part series--articles"),
    )
    return tag("svg", *drawn, width="100%", height=4, aria_hidden="true", class_="cell-bar")


def names_of(form: QuestionForm, by: str, keys: list[str]) -> Callable[[str], str]:
    """How a row of `by` is called: as the filters call it, a teammate by name."""
    known: dict[str, Any] = {}
    if by in form.fields and by != TAG:
        known = {str(value): label for value, label in form.fields[by].choices}
        known[""] = known.get(NO_LANGUAGE, "")
    elif by == AGENT:
        people = User.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
        known = dict.fromkeys(keys, gettext("Former teammate")) | {str(each.pk): str(each) for each in people}
    return lambda key: str(known.get(key, key))
