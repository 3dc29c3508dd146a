"""The material of a report from the stored tallies: a few hundred rows, however large the desk is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from funnel.models import Edition, SupportConversation, Tally
from funnel.report.exact import MOST, WHOLE, spreads_from_rows
from funnel.report.figures import Material, Waiting
from funnel.report.period import Period, add_months, days_in_month, month_of
from funnel.report.scope import EVERYTHING, Scope
from funnel.report.totals import DURATIONS, Spread, Totals
from funnel.sessions import paths
from funnel.tallies import counters, lanes
from funnel.tallies.cells import ALL, NO_DEPARTMENT, UNDIVIDED, Grouping, Key, is_kept
from funnel.tallies.durations import quantiles
from funnel.tallies.parts import condition_of
from funnel.tallies.rows import count_rows

DAY, MONTH = Tally.Grain.DAY, Tally.Grain.MONTH

PACKED = ("counts", "hours", *DURATIONS)


@dataclass(frozen=True)
class Stretch:
    """Whole months, or days at the edge of a period that are no whole month. Both ends included."""

    grain: str
    since: date
    until: date


def stretches_of(period: Period) -> list[Stretch]:
    """The fewest tallies that make up the period: months where they are whole, else days."""
    first = period.since if period.since.day == 1 else add_months(period.since.replace(day=1), 1)
    after = period.until + timedelta(days=1)
    last = after.replace(day=1)  # the first day that is in no whole month
    if first >= last:
        return [Stretch(DAY, period.since, period.until)]
    parts = [
        Stretch(DAY, period.since, first - timedelta(days=1)),
        Stretch(MONTH, first, add_months(last, -1)),
        Stretch(DAY, last, period.until),
    ]
    return [part for part in parts if part.since <= part.until]


def department_word(department: object) -> str:
    return NO_DEPARTMENT if department is None else str(department)


def cells_of(scope: Scope) -> dict[str, list[str]]:
    """Which values of each dimension a scope adds up."""
    return {
        "channel": sorted(scope.channels) or [ALL],
        "department": sorted(map(department_word, scope.departments)) or [ALL],
        "language": sorted(scope.languages) or [ALL],
        "agent": [ALL],
        "tag": [scope.tag or ALL],
    }


def load(
    edition: Edition,
    period: Period,
    scope: Scope,
    *,
    now: datetime,
    by: str = "",
    columns: Iterable[str] = PACKED,
) -> dict[str, dict[str, int]]:
    """The packed lanes of the period, added up by the values of the dimension `by`; without one by month."""
    columns = tuple(columns)
    if scope.tag == ALL:  # no tag is called so: it would be read as all of them
        return {}
    cells = cells_of(scope)
    stretches = stretches_of(period)
    kept = [stretch for stretch in stretches if is_kept(stretch.grain, kind_of_cell(cells, by))]
    together: dict[str, list[list[bytes]]] = defaultdict(list)
    for key, start, *stored in fetch(edition, kept, cells, by=by, columns=columns):
        together[key if by else month_of(start)].append(stored)
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(columns, 0))
    for name, tallies in together.items():
        sums = (sum(map(lanes.from_bytes, values)) for values in zip(*tallies, strict=True))
        found[name] = dict(zip(columns, sums, strict=True))
    for stretch in stretches:
        if stretch not in kept:
            whole = days_of(stretch, period.zone)
            for span in [whole] if by else by_month(whole):
                count(found, edition, span, scope, now=now, by=by)
    return found


def kind_of_cell(cells: Mapping[str, list[str]], by: str) -> Key:
    """A key that says which dimensions are less than all, whatever their values."""
    return Key(**{name: words[0] if name != by else "any" for name, words in cells.items()})


def days_of(stretch: Stretch, zone: ZoneInfo) -> Period:
    last = stretch.until
    return Period(
        stretch.since, last.replace(day=days_in_month(last)) if stretch.grain == MONTH else last, zone
    )


def by_month(whole: Period) -> Iterator[Period]:
    """The days cut at the first of each month."""
    since = whole.since
    while since <= whole.until:
        until = min(whole.until, since.replace(day=days_in_month(since)))
        yield Period(since, until, whole.zone)
        since = until + timedelta(days=1)


def count(
    found: dict[str, dict[str, int]],
    edition: Edition,
    span: Period,
    scope: Scope,
    *,
    now: datetime,
    by: str,
) -> None:
    """Add what no tally is kept of: a rare combination of filters, counted from the rows."""
    grouping = Grouping((by,)) if by else UNDIVIDED
    cells = count_rows(edition, span.start, span.end, now=now, groupings=[grouping], part=scope)
    for key, cell in cells.items():
        sums = found[getattr(key, by) if by else month_of(span.since)]
        for column in sums:
            sums[column] += getattr(cell, column)


def fetch(
    edition: Edition,
    stretches: list[Stretch],
    cells: Mapping[str, list[str]],
    *,
    by: str,
    columns: tuple[str, ...],
) -> list[tuple]:
    """Rows of (value of `by`, start, packed columns), in one question to the database."""
    if not stretches:
        return []
    parts, values = [], []
    for stretch in stretches:
        part, own = select(edition, stretch, cells, by=by, columns=columns)
        parts.append(part)
        values += own
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return cursor.fetchall()


def select(
    edition: Edition, stretch: Stretch, cells: Mapping[str, list[str]], *, by: str, columns: tuple[str, ...]
) -> tuple[str, list[Any]]:
    conditions = ["edition_id = %s", "grain = %s", "start BETWEEN %s AND %s"]
    values: list[Any] = [edition.pk, stretch.grain, stretch.since, stretch.until]
    for dimension, wanted in cells.items():
        if dimension == by and wanted == [ALL]:
            conditions.append(f"{dimension} <> %s")
            values.append(ALL)
        else:
            conditions.append(f"{dimension} = ANY(%s)" if len(wanted) > 1 else f"{dimension} = %s")
            values.append(wanted if len(wanted) > 1 else wanted[0])
    key = by or "''"
    names = ", ".join((key, "start", *columns))
    return f"SELECT {names} FROM {Tally._meta.db_table} WHERE {' AND '.join(conditions)}", values


def gather_stored(
    edition: Edition, period: Period, scope: Scope, *, now: datetime, waiting: Waiting | None = None
) -> Material:
    """What the figures of this period and scope are made from. `waiting` is the same for every period: give it where it
    is known."""
    by_month = load(edition, period, scope, now=now)
    sums = {column: sum(month[column] for month in by_month.values()) for column in PACKED}
    totals = totals_of(sums["counts"])
    return Material(
        totals=totals,
        months={month: totals_of(packed["counts"]) for month, packed in by_month.items()},
        spreads=spreads_of(edition, period, scope, sums, totals.counts, now=now),
        hours=Counter(dict(enumerate(lanes.unpack(sums["hours"])))),
        waiting=waiting or waiting_of(edition, scope, now=now),
    )


def totals_of(packed: int) -> Totals:
    found = lanes.unpack(packed)
    flow = Counter({code: count for code, count in enumerate(found[: paths.COUNT]) if count})
    named = zip(counters.NAMES, found[paths.COUNT :], strict=False)
    return Totals(flow, Counter(dict(named)))


def spreads_of(
    edition: Edition,
    period: Period,
    scope: Scope,
    sums: Mapping[str, int],
    counts: Mapping[str, int],
    *,
    now: datetime,
) -> Mapping[str, Spread]:
    """Exact where the period holds few enough to sort, else from the buckets."""
    if are_few(counts, 0):
        return {}
    if are_few(counts) if scope == EVERYTHING else is_small(edition, period, now=now):
        return spreads_from_rows(edition, period.start, period.end, scope).get(WHOLE, {})
    return approximate(sums)


def approximate(sums: Mapping[str, int], names: Iterable[str] = DURATIONS) -> dict[str, Spread]:
    return {name: Spread(*quantiles(sums[name], 0.5, 0.9), is_exact=False) for name in names}


def is_small(edition: Edition, period: Period, *, now: datetime) -> bool:
    """Whether the whole desk's period can be sorted through: a filter alone does not make its rows quick to find."""
    months = load(edition, period, EVERYTHING, columns=["counts"], now=now)
    counts = totals_of(sum(packed["counts"] for packed in months.values())).counts
    return are_few(counts)


def are_few(counts: Mapping[str, int], most: int = MOST) -> bool:
    return counts[counters.REPLIED] + counts[counters.CLOSED] <= most


def waiting_of(edition: Edition, scope: Scope, *, now: datetime) -> Waiting:
    """Read from the index conversation_waiting alone where the scope is everything."""
    condition, values = condition_of(scope)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), min(queued_at) FROM {SupportConversation._meta.db_table}
            WHERE edition_id = %(facts)s AND is_open AND NOT is_spam AND replied_at IS NULL
                AND queued_at IS NOT NULL AND {condition}
            """,
            values | {"facts": edition.facts_id},
        )
        count, since = cursor.fetchone()
    return Waiting(count, since and max(0, int((now - since).total_seconds())))
