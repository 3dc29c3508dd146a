"""The same figures for each channel, department, language, tag or teammate."""

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from funnel.models import Edition
from funnel.report.exact import spreads_from_rows
from funnel.report.figures import self_service_figures, spread_figures, team_figures
from funnel.report.period import Period
from funnel.report.scope import Scope
from funnel.report.stored import approximate, are_few, department_word, load, totals_of
from funnel.report.totals import FIRST_RESPONSE, TIME_TO_CLOSE, Spread, Totals

CHANNEL, DEPARTMENT, LANGUAGE, TAG, AGENT = DIMENSIONS = (
    "channel",
    "department",
    "language",
    "tag",
    "agent",
)
SPREADS = (FIRST_RESPONSE, TIME_TO_CLOSE)  # by the calendar: each is read for every part and month


def break_down(
    edition: Edition, period: Period, scope: Scope, by: str, *, now: datetime, is_exact: bool
) -> list[dict[str, Any]]:
    """Rows of `key` (a channel, a department's number or "none", a language, a tag, an agent's number) and `figures`,
    most conversations first. The figures are those of the report that a part of the desk can have.

    `is_exact`: whether the period holds few enough answers and closes to sort, as stored.is_small says.
    """
    columns = ("counts",) if is_exact else ("counts", *SPREADS)
    parts = load(edition, period, scope, by=by, columns=columns, now=now)
    totals = {key: totals_of(packed["counts"]) for key, packed in parts.items()}
    if not is_exact:
        spreads = {key: approximate(packed, SPREADS) for key, packed in parts.items()}
    elif all(are_few(part.counts, 0) for part in totals.values()):
        spreads = {}
    else:
        spreads = exact_spreads(edition, period, scope, by)
    rows = [{"key": key, "figures": figures_of(totals[key], spreads.get(key, {}))} for key in parts]
    return sorted(rows, key=lambda row: (-volume(row["figures"]), row["key"]))


def exact_spreads(edition: Edition, period: Period, scope: Scope, by: str) -> dict[str, dict[str, Spread]]:
    found = spreads_from_rows(edition, period.start, period.end, scope, by=by)
    return {word_of(key, by): spreads for key, spreads in found.items()}


def word_of(key: Hashable, by: str) -> str:
    """A value of a row's dimension as tallies spell it."""
    return department_word(key) if by == DEPARTMENT else str(key)


def figures_of(totals: Totals, spreads: dict[str, Spread]) -> dict[str, Any]:
    return {
        "sessions": totals.sessions,
        **self_service_figures(totals),
        **team_figures(totals.counts),
        **spread_figures(spreads, SPREADS),
    }


def volume(figures: dict[str, Any]) -> int:
    return max(figures["sessions"], figures["new"], figures["replied"], figures["closed"])
