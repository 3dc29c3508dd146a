"""Durations in buckets: at most 1 % off, wherever they were counted and however they were added up."""

import math
import random
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from funnel.tallies.durations import LONGEST, bucket_of, quantile, value_of
from funnel.tallies.lanes import pack, unpack
from funnel.tallies.sources import bucket_of as bucket_in_sql

SHARES = (0.1, 0.5, 0.9, 0.99)
SHAPES: dict[str, Callable[[random.Random], float]] = {
    "even": lambda dice: dice.uniform(1, dice.choice([60, 86400, LONGEST])),
    "many short, few long": lambda dice: dice.lognormvariate(6, 2),
    "two humps": lambda dice: dice.gauss(600, 90) if dice.random() < 0.6 else dice.gauss(50_000, 9_000),
    "waiting times": lambda dice: dice.expovariate(1 / 3600),
}


def durations(dice: random.Random, shape: str) -> list[int]:
    return [min(LONGEST, max(1, int(SHAPES[shape](dice)))) for _ in range(dice.choice([1, 2, 7, 100, 1000]))]


def nearest_rank(values: list[int], share: float) -> int:
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]


def sketch(values: list[int]) -> int:
    return pack(Counter(map(bucket_of, values)))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_quantile_is_at_most_one_percent_off(shape):
    for seed in range(50):
        values = durations(random.Random(f"{shape} {seed}"), shape)
        for share in SHARES:
            true = nearest_rank(values, share)
            assert abs(quantile(sketch(values), share) - true) <= 0.01 * true * (1 + 1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_parts_added_up_are_the_whole(shape):
    for seed in range(50):
        dice = random.Random(f"{shape} {seed}")
        values = durations(dice, shape)
        parts: list[list[int]] = [[], [], []]
        for value in values:
            dice.choice(parts).append(value)
        assert sum(map(sketch, parts)) == sketch(values)


def test_a_bucket_holds_what_is_at_most_one_percent_from_its_value():
    for seconds in [*range(1, 100_000), *range(100_000, LONGEST, 99_991), LONGEST]:
        assert abs(value_of(bucket_of(seconds)) - seconds) <= 0.01 * seconds * (1 + 1e-6)


def test_what_is_too_short_or_too_long_is_counted_at_the_ends():
    assert bucket_of(0) == bucket_of(1) == 0
    assert bucket_of(LONGEST) == bucket_of(LONGEST * 1000)


def test_of_nothing_there_is_no_quantile():
    assert quantile(0) is None


@pytest.mark.django_db
def test_the_database_finds_the_same_buckets():
    seconds = [
        *range(100_001),
        *range(100_000, 2 * LONGEST, 9_973),
        LONGEST - 1,
        LONGEST,
        LONGEST + 1,
        2**40,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT array_agg({bucket_in_sql('seconds')} ORDER BY place)"
            " FROM unnest(%s::int8[]) WITH ORDINALITY AS given (seconds, place)",
            [seconds],
        )
        assert cursor.fetchone()[0] == list(map(bucket_of, seconds))
        cursor.execute(f"SELECT {bucket_in_sql('NULL::int8')}")
        assert cursor.fetchone()[0] is None


def test_the_longest_duration_has_a_lane():
    assert unpack(pack({bucket_of(LONGEST): 1}))[bucket_of(LONGEST)] == 1
    assert bucket_of(LONGEST) < 2**15  # it travels as a number of 16 bits
