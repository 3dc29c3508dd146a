"""The pictures of a report with their words: the same numbers as the tables beneath them."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from funnel.pictures.bars import BarWords, draw_months
from funnel.pictures.sankey import FlowLinks, FlowWords, draw_flow
from funnel.report.wording import say_count, say_month, say_percent
from funnel.sessions import nodes

Figures = dict[str, Any]


def picture_of_flow(
    figures: Figures, *, standalone: bool = False, dark: bool = False, leading: FlowLinks | None = None
) -> str:
    """The flow in the reader's language; `leading` makes its bands and nodes links, on the page only."""
    total = figures["sessions"]

    def share_of(value: int) -> str:
        return say_percent(value / total if total else None)

    def band(source: str, target: str, value: int) -> str:
        words = {"source": nodes.LABEL[source], "target": nodes.LABEL[target], "count": say_count(value)}
        return _("%(source)s to %(target)s: %(count)s") % words + f" ({share_of(value)})"

    text = FlowWords(
        title=_("Which layer solved what"),
        description=say_flow(figures),
        labels={name: str(label) for name, label in nodes.LABEL.items()},
        band=band,
        count=say_count,
        share=share_of,
        sent=say_sent(figures),
        sent_unit=_("messages, not people: the flow counts people"),
    )
    return draw_flow(
        figures["links"],
        text=text,
        mirrored=get_language_bidi(),
        standalone=standalone,
        dark=dark,
        leading=leading,
    )


def say_sent(figures: Figures) -> str:
    """How many proactive messages went out; nothing where none did."""
    sent = figures["proactive_sent"]
    if not sent:
        return ""
    words = ngettext("%(count)s proactive message sent", "%(count)s proactive messages sent", sent)
    return words % {"count": say_count(sent)}


def say_flow(figures: Figures) -> str:
    """The totals in a sentence, for who cannot see the picture."""
    ends = [name for name, column in nodes.COLUMN.items() if column == nodes.COLUMNS - 1 and figures[name]]
    parts = [f"{nodes.LABEL[name]}: {say_count(figures[name])}" for name in ends]
    total = _("People seeking help: %(count)s.") % {"count": say_count(figures["sessions"])}
    return f"{total} {'; '.join(parts)}." if parts else total


def picture_of_months(figures: Figures, *, standalone: bool = False, dark: bool = False) -> str:
    def part(month: str, outcome: str, value: int) -> str:
        return f"{say_month(month)}: {nodes.LABEL[outcome]}: {say_count(value)}"

    text = BarWords(
        title=_("Solved by self-service beside solved by the team, by month"),
        description=say_months(figures),
        month=lambda month: say_month(month, short=True),
        part=part,
        count=say_count,
        so_far=_("so far"),
    )
    return draw_months(
        figures["months"], text=text, mirrored=get_language_bidi(), standalone=standalone, dark=dark
    )


def say_months(figures: Figures) -> str:
    """The months in words, for who cannot see the picture."""
    return "; ".join(say_row(row) for row in figures["months"])


def say_row(row: dict[str, Any]) -> str:
    words = {
        "month": say_month(row["month"]),
        "self_service": say_count(row["self_service"]),
        "team": say_count(row["team"]),
    }
    return _("%(month)s: self-service %(self_service)s, team %(team)s") % words


def no_url(*_place: object, **_narrowed: object) -> str:
    """Where a figure leads nowhere."""
    return ""


def flow_rows(figures: Figures, url: Callable[[str, str], str] = no_url) -> list[dict[str, str]]:
    """The table under the flow; `url` says where a link of two nodes leads."""
    total = figures["sessions"]
    return [
        {
            "url": url(source, target),
            "source": nodes.LABEL[source],
            "target": nodes.LABEL[target],
            "count": say_count(value),
            "share": say_percent(value / total if total else None),
        }
        for source, target, value in figures["links"]
    ]


def end_rows(figures: Figures, url: Callable[[str], str] = no_url) -> list[dict[str, str]]:
    """How it ended, as bars that fit a phone; `width` is a percentage, `url` says where an end leads."""
    total = figures["sessions"]
    return [
        {
            "url": url(name),
            "label": nodes.LABEL[name],
            "family": nodes.FAMILY[name],
            "count": say_count(figures[name]),
            "share": say_percent(figures[name] / total),
            "width": f"{figures[name] / total * 100:.2f}",
        }
        for name, column in nodes.COLUMN.items()
        if column == nodes.COLUMNS - 1 and figures[name]
    ]


def month_rows(figures: Figures, url: Callable[[str, str], str] = no_url) -> list[dict[str, Any]]:
    """The table under the bars; `url` says where a figure of a month leads."""
    return [
        {
            "cells": [
                (say_count(row[key]), url(row["month"], key) if row[key] else "") for key in MONTH_CELLS
            ],
            "month": say_month(row["month"]),
            "so_far": row["so_far"],
            **{key: say_count(row[key]) for key in ("sessions", "self_service", "team", *MONTH_PARTS)},
        }
        for row in figures["months"]
    ]


MONTH_PARTS = (
    nodes.RESOLVED_BY_ARTICLES,
    nodes.RESOLVED_BY_BOT,
    nodes.RESOLVED_OUTRIGHT,
    nodes.RESOLVED_AFTER,
)
MONTH_CELLS = (
    "sessions",
    "self_service",
    nodes.RESOLVED_BY_ARTICLES,
    nodes.RESOLVED_BY_BOT,
    "team",
    nodes.RESOLVED_OUTRIGHT,
    nodes.RESOLVED_AFTER,
)
