import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.service.spans import read_span, write_span


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 1800),
        ("30 min", 1800),
        ("4h", 14400),
        ("1 h 30 min", 5400),
        ("1h30", 5400),
        ("2 giorni", 172800),
        ("3 小时", 10800),
        ("soon", None),
        ("", None),
        ("30 min 4 h", None),
        ("-3 h", None),
        ("4 h x", None),
    ],
)
def test_spans_are_read_as_people_write_them(text, seconds):
    assert read_span(text) == seconds


@given(st.integers(1, 90 * 24 * 60))
def test_what_is_written_is_read_back(minutes):
    assert read_span(write_span(minutes * 60)) == minutes * 60
