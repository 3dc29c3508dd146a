"""Shares, percentiles and how far a share can be trusted. An empty set has no figure: None, never 0."""

import math
from collections.abc import Iterable

NORMAL_95 = 1.959963984540054  # the 97.5 % quantile of the normal distribution


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def percentile(values: Iterable[int], part: float) -> float | None:
    """The value below which `part` of them lies, between neighbours in proportion, as SQL's percentile_cont has it."""
    known = sorted(values)
    if not known:
        return None
    place = part * (len(known) - 1)
    low = math.floor(place)
    high = min(low + 1, len(known) - 1)
    return known[low] + (known[high] - known[low]) * (place - low)


def wilson_interval(part: int, whole: int, z: float = NORMAL_95) -> list[float] | None:
    """The 95 % score interval of a share (Wilson 1927, JASA 22:209), which holds for few ratings too.

    centre = (p + z²/2n) / (1 + z²/n), half = z · sqrt(p(1-p)/n + z²/4n²) / (1 + z²/n)
    """
    if not whole:
        return None
    p, spread = part / whole, z * z / whole
    centre = (p + spread / 2) / (1 + spread)
    half = z * math.sqrt(p * (1 - p) / whole + spread / (4 * whole)) / (1 + spread)
    return [max(0.0, centre - half), min(1.0, centre + half)]
