"""Counting rows into cells: grouped by the database, packed and added up here."""

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from funnel.models import Edition
from funnel.tallies.cells import ALL, NO_DEPARTMENT, UNDIVIDED, Grouping, Key
from funnel.tallies.counters import LANE
from funnel.tallies.lanes import pack
from funnel.tallies.parts import Part, condition_of
from funnel.tallies.sources import SOURCES, Source, values_for


@dataclass(slots=True)
class Cell:
    """A tally's packed fields as the long numbers they are; cells add."""

    counts: int = 0
    hours: int = 0
    first_response: int = 0
    first_response_business: int = 0
    time_to_close: int = 0
    time_to_close_business: int = 0

    def add(self, other: "Cell") -> None:
        self.counts += other.counts
        self.hours += other.hours
        self.first_response += other.first_response
        self.first_response_business += other.first_response_business
        self.time_to_close += other.time_to_close
        self.time_to_close_business += other.time_to_close_business


Cells = Mapping[Key, Cell]


def count_rows(
    edition: Edition,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    part: Part | None = None,
    groupings: Iterable[Grouping] = (UNDIVIDED,),
) -> dict[Key, Cell]:
    """What the sessions and conversations from `start` up to `end` (aware) come to at `now`, straight from the rows.

    `part`: only these. Without `groupings` all goes into the one cell of WHOLE. Proactive messages are not rows:
    sendings.count_sendings counts them.
    """
    condition, values = condition_of(part)
    values |= values_for(edition, start, end, now=now)
    cells: dict[Key, Cell] = {}
    for grouping in groupings:
        groups: dict[Key, Cell] = defaultdict(Cell)
        for source in SOURCES:
            if "agent" not in grouping.by or source.agent:
                for key, cell in count_source(source, grouping, condition, values):
                    groups[key].add(cell)
        cells |= with_margins(groups, grouping.margins)
    return cells


def count_source(
    source: Source, grouping: Grouping, condition: str, values: Mapping[str, object]
) -> Iterable[tuple[Key, Cell]]:
    with connection.cursor() as cursor:
        cursor.execute(query_of(source, grouping, condition), values)
        for row in cursor.fetchall():
            key = Key(**dict(zip(grouping.by, row, strict=False)))
            yield key, cell_of(source, row[len(grouping.by) :])


def query_of(source: Source, grouping: Grouping, condition: str) -> str:
    """One scan of the span. A thing with several tags is in the group of each; "*" is nobody's tag."""
    column = {
        "department": f"coalesce(department::text, '{NO_DEPARTMENT}')",
        "agent": f"{source.agent}::text",
    }
    keys = [column.get(dimension, dimension) for dimension in grouping.by]
    series = (f"string_agg(int2send({number}), '')" for number in source.series.values())
    rows, conditions = source.table, [source.condition, condition]
    if "tag" in grouping.by:
        rows += " CROSS JOIN LATERAL unnest(tags) AS tag"
        conditions.append(f"tag <> '{ALL}'")
    if "agent" in grouping.by:
        conditions.append(f"{source.agent} IS NOT NULL")
    return f"""
        SELECT {", ".join([*keys, *source.counts.values(), *series])}
        FROM {rows}
        WHERE edition_id = %(facts)s AND {source.moment} >= %(start)s AND {source.moment} < %(end)s
            AND {" AND ".join(conditions)}
        GROUP BY {", ".join(keys) or "()"}
    """


def cell_of(source: Source, figures: Sequence[int | bytes | None]) -> Cell:
    """The cell of one group: its counts come first, then its series."""
    counts = zip(source.counts, figures, strict=False)
    cell = Cell(counts=pack({LANE[name]: int(count) for name, count in counts if count}))
    for field, series in zip(source.series, figures[len(source.counts) :], strict=True):
        setattr(cell, field, getattr(cell, field) + pack(Counter(numbers_of(series or b""))))
    return cell


def numbers_of(series: bytes) -> array:
    """Numbers of 16 bits as the database sends them: the higher byte first."""
    numbers = array("h", series)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def with_margins(groups: Cells, margins: Iterable[str]) -> dict[Key, Cell]:
    """The groups, and their sums along each of these dimensions and all combinations of them."""
    cells = dict(groups)
    for dimension in margins:
        sums: dict[Key, Cell] = defaultdict(Cell)
        for key, cell in cells.items():
            sums[key._replace(**{dimension: ALL})].add(cell)
        cells |= sums
    return cells
