"""Numbers of views that are dear to count: their conditions are asked of every open ticket until enough fit. Such a number is
kept for all who would count the same, so that counting takes a twentieth of the time at most, however many look."""

import time
from collections.abc import Callable, Mapping, Sequence

from django.core.cache import cache

from helpdesk import clock

DEAR = 0.02  # seconds; what takes less is counted with every page, and so is always true
SHARE = 20  # a number is kept for so many times as long as counting took ...
LONGEST = 60  # ... but for so many seconds at most
FORGOTTEN_AFTER = 3600
COUNTING_TAKES = 30  # seconds after which somebody else may begin

Numbers = dict[str, int]


def dear_numbers(
    wanted: Mapping[str, str],
    count: Callable[[Sequence[str]], Numbers],
    *,
    watch: Callable[[], float] = time.monotonic,
) -> Numbers:
    """`wanted`: keys of views, each with words that are the same for all who would count the same. `count` counts those whose
    number nobody has, in one question. While somebody counts anew, others are told the last number."""
    kept = cache.get_many([place(same) for same in wanted.values()])
    now = clock.now().timestamp()
    numbers, missing = {}, []
    for key, same in wanted.items():
        number, until = kept.get(place(same), (None, 0.0))
        if number is None or (now >= until and cache.add(claim(same), 1, COUNTING_TAKES)):
            missing.append(key)
        else:
            numbers[key] = number
    if not missing:
        return numbers
    begun = watch()
    counted = count(missing)
    took, outdated = watch() - begun, [wanted[key] for key in missing if place(wanted[key]) in kept]
    if took > DEAR:
        until = clock.now().timestamp() + min(SHARE * took, LONGEST)
        cache.set_many({place(wanted[key]): (counted[key], until) for key in counted}, FORGOTTEN_AFTER)
    elif outdated:
        cache.delete_many([place(same) for same in outdated])
    if outdated:
        cache.delete_many([claim(same) for same in outdated])
    return numbers | counted


def place(same: str) -> str:
    return f"desk.count.{same}"


def claim(same: str) -> str:
    return f"desk.counting.{same}"
