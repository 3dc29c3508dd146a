"""How far a figure can be trusted before somebody is told to act on it."""

import math
from collections.abc import Sequence

from funnel.report.estimates import NORMAL_95, percentile, wilson_interval

LEAST_FOR_MEDIAN = 6  # with fewer values no pair of them encloses the median with 95 %


def median_interval(values: Sequence[int]) -> tuple[float, float, float] | None:
    """(low, median, high): the median and its distribution-free 95 % interval; None for fewer than six values.

    The bounds are the values at places n/2 - z·sqrt(n)/2 and 1 + n/2 + z·sqrt(n)/2 in order, rounded outwards: the
    binomial interval of a quantile (Conover, Practical Nonparametric Statistics, 3.2).
    """
    known = sorted(values)
    count = len(known)
    if count < LEAST_FOR_MEDIAN:
        return None
    reach = NORMAL_95 * math.sqrt(count)
    low = max(1, math.floor((count - reach) / 2))
    high = min(count, math.ceil(1 + (count + reach) / 2))
    return known[low - 1], percentile(known, 0.5), known[high - 1]


def difference_interval(
    part: int, whole: int, part_before: int, whole_before: int
) -> tuple[float, float] | None:
    """The 95 % interval of part/whole - part_before/whole_before; None where a whole is empty.

    Newcombe 1998, Statistics in Medicine 17:873, method 10: the Wilson bounds of both shares combined.
    """
    now, before = wilson_interval(part, whole), wilson_interval(part_before, whole_before)
    if now is None or before is None:
        return None
    p, q = part / whole, part_before / whole_before
    low = p - q - math.hypot(p - now[0], before[1] - q)
    high = p - q + math.hypot(now[1] - p, q - before[0])
    return low, high
