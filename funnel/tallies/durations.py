"""Durations as counts of buckets that can be added, and the quantiles read from them again.

DDSketch (Masson, Rim and Lee, VLDB 2019): bucket b holds seconds x with gamma^(b-1) < x <= gamma^b, gamma = 1.01 / 0.99.
Its midpoint 2 * gamma^b / (gamma + 1) is at most 1 % away from everything in it.
"""

import math
from bisect import bisect_left
from itertools import accumulate

from funnel.tallies.lanes import unpack

GAMMA = 1.01 / 0.99
LOG_GAMMA = math.log(GAMMA)
LONGEST = 400 * 86400  # seconds; what took longer is counted as this long


def bucket_of(seconds: float) -> int:
    """Which lane a duration is counted in. Nothing takes less than a second here."""
    return math.ceil(math.log(min(max(seconds, 1), LONGEST)) / LOG_GAMMA - 1e-9)


def value_of(bucket: int) -> float:
    """The seconds that a bucket stands for."""
    return 2 * GAMMA**bucket / (GAMMA + 1)


def quantile(packed: int, share: float = 0.5) -> float | None:
    """Seconds below which `share` of the durations lie, at most 1 % off the nearest-rank quantile; None of nothing."""
    return quantiles(packed, share)[0]


def quantiles(packed: int, *shares: float) -> list[float | None]:
    """`quantile` for several shares. Nearest rank: the value at place ceil(share * n) of n, counted from 1."""
    counts = list(accumulate(unpack(packed)))
    if not counts:
        return [None for _share in shares]
    ranks = (max(1, math.ceil(share * counts[-1])) for share in shares)
    return [value_of(bisect_left(counts, rank)) for rank in ranks]
