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
    for together in that_go_together(groupings):
        groups: dict[Grouping, dict[Key, Cell]] = {grouping: defaultdict(Cell) for grouping in together}
        for scan in scans_for(together[0]):
            for grouping, key, cell in read_groups(scan, together, condition, values):
                groups[grouping][key].add(cell)
        for grouping, own in groups.items():
            cells |= with_margins(own, grouping.summed)
    return cells


def that_go_together(groupings: Iterable[Grouping]) -> Iterable[list[Grouping]]:
    """Groupings that one walk through the rows can serve: of the same rows, none of them once for each tag."""
    found: dict[object, list[Grouping]] = defaultdict(list)
    for grouping in groupings:
        alone = grouping if "tag" in grouping.by else None
        found["agent" in grouping.by, alone].append(grouping)
    return found.values()


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
    scan: Sequence[Source], together: Sequence[Grouping], condition: str, values: Mapping[str, object]
) -> Iterable[tuple[Grouping, Key, Cell]]:
    dimensions = dimensions_of(together)
    grouping_by = {frozenset(grouping.by): grouping for grouping in together}
    with connection.cursor() as cursor:
        cursor.execute(query_of(scan, together, condition), values)
        for row in cursor.fetchall():
            # NULL is what a row of GROUPING SETS is not grouped by.
            fixed = {name: value for name, value in zip(dimensions, row, strict=False) if value is not None}
            yield grouping_by[frozenset(fixed)], Key(**fixed), cell_of(scan, row[len(dimensions) :])


def dimensions_of(together: Sequence[Grouping]) -> list[str]:
    return [name for name in Key._fields if any(name in grouping.by for grouping in together)]


def query_of(scan: Sequence[Source], together: Sequence[Grouping], condition: str) -> str:
    """One walk through a table: which moments of a row lie in the span, its numbers for these, and their sums.

    A thing with several tags is in the group of each, and once in that of "*" if asked. OFFSET 0 keeps the steps apart:
    nothing is reckoned again for each number, tag or group that it is needed for.
    """
    dimensions, agent = dimensions_of(together), scan[0].agent
    column = {
        "department": f"coalesce(department::text, '{NO_DEPARTMENT}') AS department",
        "agent": f"{agent}::text AS agent",
        "tag": "tags",
    }
    happenings, numbers, sums = {}, [column.get(dimension, dimension) for dimension in dimensions], []
    for source in scan:
        has_happened = f"in_span_{source.moment}"
        happenings[has_happened] = (
            f"({source.moment} >= %(start)s AND {source.moment} < %(end)s AND {source.condition})"
        )
        for name, number in (*source.counts.items(), *source.series.items()):
            numbers.append(f"CASE WHEN {has_happened} THEN {number} END AS {name}")
        sums += [f"sum({name})" for name in source.counts]
        sums += [f"string_agg(int2send({name}), '')" for name in source.series]
    rows = f"""
        SELECT {", ".join(numbers)}
        FROM (
            SELECT *, {", ".join(f"{has} AS {name}" for name, has in happenings.items())}
            FROM {scan[0].table}
            WHERE edition_id = %(facts)s AND {condition} AND ({" OR ".join(happenings.values())})
                {f"AND {agent} IS NOT NULL" if "agent" in dimensions else ""}
            OFFSET 0
        ) AS happened
        OFFSET 0
    """
    if "tag" in dimensions:
        whole = f" || '{ALL}'::varchar" if "tag" in together[0].margins else ""
        rows = f"SELECT *, unnest(array_remove(tags, '{ALL}'){whole}) AS tag FROM ({rows}) AS untagged"
    return f"""
        SELECT {", ".join([*dimensions, *sums])} FROM ({rows}) AS numbered
        GROUP BY GROUPING SETS ({", ".join(f"({', '.join(grouping.by)})" for grouping in together)})
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
