"""Shares, percentiles and how far a share can be trusted. An empty set has no figure: None, never 0."""

import math
from collections.abc import Iterable, Sequence

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


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """How two series move together, from -1 to 1: Pearson's product-moment coefficient (Pearson 1895, Proceedings
    of the Royal Society 58:240). None for fewer than two pairs and where one of them never moves.

    r = sum((x - mean x)(y - mean y)) / sqrt(sum((x - mean x)^2) * sum((y - mean y)^2))
    """
    if len(xs) != len(ys) or len(xs) < 2 or len(set(xs)) == 1 or len(set(ys)) == 1:
        return None
    x_mean, y_mean = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    together = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    alone = math.fsum((x - x_mean) ** 2 for x in xs) * math.fsum((y - y_mean) ** 2 for y in ys)
    return max(-1.0, min(1.0, together / math.sqrt(alone))) if alone else None
