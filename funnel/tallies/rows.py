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
        for scan in scans_for(grouping):
            for key, cell in read_groups(scan, grouping, condition, values):
                groups[key].add(cell)
        cells |= with_margins(groups, grouping.summed)
    return cells


def scans_for(grouping: Grouping) -> list[list[Source]]:
    """Sources that one walk through their table can group together: whose agent matters must agree on whom."""
    scans: dict[tuple[str, str], list[Source]] = defaultdict(list)
    for source in SOURCES:
        if "agent" not in grouping.by:
            scans[source.table, ""].append(source)
        elif source.agent:
            scans[source.table, source.agent].append(source)
    return list(scans.values())


def read_groups(
    scan: Sequence[Source], grouping: Grouping, condition: str, values: Mapping[str, object]
) -> Iterable[tuple[Key, Cell]]:
    with connection.cursor() as cursor:
        cursor.execute(query_of(scan, grouping, condition), values)
        for row in cursor.fetchall():
            key = Key(**dict(zip(grouping.by, row, strict=False)))
            yield key, cell_of(scan, row[len(grouping.by) :])


def query_of(scan: Sequence[Source], grouping: Grouping, condition: str) -> str:
    """One walk through a table. A thing with several tags is in the group of each, and once in that of "*" if asked."""
    agent = scan[0].agent
    whole = f" || '{ALL}'::varchar" if "tag" in grouping.margins else ""
    column = {
        "department": f"coalesce(department::text, '{NO_DEPARTMENT}') AS department",
        "agent": f"{agent}::text AS agent",
        "tag": f"array_remove(tags, '{ALL}'){whole} AS tags",
    }
    columns = [column.get(dimension, dimension) for dimension in grouping.by]
    sums, happenings = [], []
    for source in scan:
        happening = f"({source.moment} >= %(start)s AND {source.moment} < %(end)s AND {source.condition})"
        happenings.append(happening)
        for name, number in (*source.counts.items(), *source.series.items()):
            columns.append(f"CASE WHEN {happening} THEN {number} END AS {name}")
        sums += [f"sum({name})" for name in source.counts]
        sums += [f"string_agg(int2send({name}), '')" for name in source.series]
    # OFFSET 0: each number is reckoned once for a row, not for each of its tags.
    return f"""
        SELECT {", ".join([*grouping.by, *sums])}
        FROM (
            SELECT {", ".join(columns)} FROM {scan[0].table}
            WHERE edition_id = %(facts)s AND {condition} AND ({" OR ".join(happenings)})
                {f"AND {agent} IS NOT NULL" if "agent" in grouping.by else ""}
            OFFSET 0
        ) AS happened {"CROSS JOIN LATERAL unnest(tags) AS tag" if "tag" in grouping.by else ""}
        GROUP BY {", ".join(grouping.by) or "()"}
    """


def cell_of(scan: Sequence[Source], figures: Sequence[int | bytes | None]) -> Cell:
    """The cell of one group, from its sums in the order of the query."""
    cell, found = Cell(), iter(figures)
    counts: Counter[int] = Counter()
    for source in scan:
        counts.update({LANE[name]: int(next(found) or 0) for name in source.counts})
        for name in source.series:
            numbers = Counter(numbers_of(next(found) or b""))
            if name == "counts":
                counts += numbers
            else:
                setattr(cell, name, pack(numbers))
    cell.counts = pack(counts)
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
