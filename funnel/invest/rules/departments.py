"""Departments whose first answers take clearly longer than they did."""

from collections import defaultdict
from collections.abc import Iterator

from funnel.invest.desk import Desk, in_months, sampled
from funnel.invest.evidence import median_interval
from funnel.invest.findings import Finding
from funnel.report.period import Period
from funnel.tallies.cells import NO_DEPARTMENT

LEAST = 20  # answered conversations in either period


def find_slower_departments(desk: Desk, known: frozenset[str]) -> Iterator[Finding]:
    """One finding for each department with enough first answers last month and in the three months before."""
    (now, step), (before, _step) = waits_of(desk, desk.month), waits_of(desk, desk.quarter_before)
    for department, name in {
        **{str(pk): name for pk, name in desk.departments.items()},
        NO_DEPARTMENT: "",
    }.items():
        waits, earlier = now[department], before[department]
        if (len(waits) < LEAST or len(earlier) < LEAST) and department not in known:
            continue
        interval, interval_before = median_interval(waits), median_interval(earlier)
        if interval is None or interval_before is None:
            continue
        median, median_before = interval[1], interval_before[1]
        answered = len(waits) * step
        yield Finding(
            subject=department,
            figure=median,
            is_firing=min(len(waits), len(earlier)) >= LEAST and interval[0] > interval_before[2],
            figures={
                "department": name,
                "median": median,
                "low": interval[0],
                "median_before": median_before,
                "high_before": interval_before[2],
                "answered": answered,
            },
            waiting_hours=in_months(answered, desk.month) * max(0, median - median_before) / 3600,
        )


def waits_of(desk: Desk, period: Period) -> tuple[dict[str, list[int]], int]:
    """Seconds to the first answer by department, of those answered in the period; for how many each stands."""
    rows, step = sampled(desk.conversations(period, "replied_at").exclude(first_response=None))
    waits: dict[str, list[int]] = defaultdict(list)
    for department, seconds in rows.values_list("department", "first_response"):
        waits[NO_DEPARTMENT if department is None else str(department)].append(seconds)
    return waits, step
