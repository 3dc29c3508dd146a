"""Counts side by side in one number: nothing is lost on the way to the database and back, and adding adds each."""

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from funnel.tallies.lanes import from_bytes, pack, to_bytes, unpack

HIGHEST = 2**32 - 1
LANES = st.integers(0, 800)


def counts_up_to(most: int) -> st.SearchStrategy[dict[int, int]]:
    return st.dictionaries(
        LANES, st.integers(0, most) | st.sampled_from([255, 256, 65535, 65536]), max_size=40
    )


def counts_in(packed: int) -> dict[int, int]:
    return {lane: count for lane, count in enumerate(unpack(packed)) if count}


def without_zeros(counts: dict[int, int]) -> dict[int, int]:
    return {lane: count for lane, count in counts.items() if count}


@given(counts_up_to(HIGHEST))
@example({800: HIGHEST})
@example({0: 1})
def test_what_is_packed_is_unpacked_again(counts):
    assert counts_in(pack(counts)) == without_zeros(counts)


@given(counts_up_to(HIGHEST))
@example({700: 2**24})
@example({0: HIGHEST, 800: 1})
def test_what_is_stored_is_read_again(counts):
    packed = pack(counts)
    assert from_bytes(to_bytes(packed)) == packed
    assert from_bytes(memoryview(to_bytes(packed))) == packed  # as the database hands it over


@given(st.lists(counts_up_to(2**27), max_size=16))
def test_adding_numbers_adds_every_count(many):
    sums: Counter[int] = Counter()
    for counts in many:
        sums.update(counts)
    assert counts_in(sum(from_bytes(to_bytes(pack(counts))) for counts in many)) == without_zeros(sums)


@pytest.mark.parametrize(
    ("highest", "bytes_a_lane"), [(1, 1), (255, 1), (256, 2), (65535, 2), (2**16, 3), (2**24, 4)]
)
def test_no_more_bytes_are_kept_than_the_highest_count_needs(highest, bytes_a_lane):
    stored = to_bytes(pack({300: highest, 349: 1}))
    assert len(stored) == 3 + 50 * bytes_a_lane


def test_nothing_is_stored_as_nothing():
    assert to_bytes(pack({})) == to_bytes(pack({5: 0})) == b""
    assert from_bytes(b"") == 0
