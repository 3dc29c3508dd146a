"""A number that is dear to count is kept for as long as that is worth; a cheap one never."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from helpdesk import clock
from helpdesk.clock import frozen_at
from helpdesk.desk.dear_counts import DEAR, SHARE, claim, dear_numbers

NOW = clock.now()


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


class Counting:
    """Counts its calls, each of which takes `seconds`."""

    def __init__(self, seconds):
        self.now, self.seconds, self.calls = 0.0, seconds, 0

    def __call__(self, keys):
        self.calls += 1
        self.now += self.seconds
        return dict.fromkeys(keys, self.calls)

    def ask(self, **wanted):
        return dear_numbers(wanted, self, watch=lambda: self.now)


def test_what_is_counted_quickly_is_counted_each_time():
    counting = Counting(DEAR / 2)
    assert [counting.ask(a="x"), counting.ask(a="x")] == [{"a": 1}, {"a": 2}]


def test_what_takes_long_is_kept_for_all_who_count_the_same():
    counting = Counting(0.5)
    with frozen_at(NOW):
        assert counting.ask(a="x") == {"a": 1}
        assert counting.ask(b="x") == {"b": 1}
        assert counting.ask(b="x", c="y") == {"b": 1, "c": 2}
    with frozen_at(NOW + timedelta(seconds=SHARE * 0.5 + 1)):
        assert counting.ask(a="x", c="y") == {"a": 3, "c": 3}
    assert counting.calls == 3


def test_while_somebody_counts_anew_others_read_the_last_number():
    counting = Counting(0.5)
    with frozen_at(NOW):
        counting.ask(a="x")
    with frozen_at(NOW + timedelta(minutes=2)):
        cache.add(claim("x"), 1, 30)
        assert counting.ask(a="x") == {"a": 1}
        cache.delete(claim("x"))
        assert counting.ask(a="x") == {"a": 2}
        assert cache.get(claim("x")) is None


def test_a_view_that_nothing_can_fit_has_no_number():
    assert dear_numbers({"a": "x"}, lambda keys: {}) == {}
