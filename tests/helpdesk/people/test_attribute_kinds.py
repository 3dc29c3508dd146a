"""What fits a type, what does not, and what is kept of it."""

import json
from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as some

from helpdesk.people.attributes.kinds import KINDS, Unfitting

CHOICES = ["Free", "Pro", "Enterprise"]
ANY_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=30),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(some.sampled_from(sorted(KINDS)), ANY_JSON)
def test_whatever_is_sent_either_fits_or_is_refused_and_what_fits_is_kept_as_it_is(kind, raw):
    try:
        kept = KINDS[kind].read(raw, CHOICES)
    except Unfitting as refusal:
        assert str(refusal)
        return
    assert KINDS[kind].read(kept, CHOICES) == kept == json.loads(json.dumps(kept))
    if kept != "":
        assert KINDS[kind].words(kept)


@given(some.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_a_number_that_is_shown_can_be_typed_again_in_every_language(number):
    kind = KINDS["number"]
    kept = kind.read(str(number), [])
    for language in ("en", "it", "ro", "zh-hans"):
        with override(language):
            assert kind.read(kind.typed(kind.words(kept)), []) == kept


@given(some.dates())
def test_every_date_is_kept_by_its_day(day):
    assert KINDS["date"].read(f"{day.isoformat()}T23:59:00+02:00", []) == day.isoformat()
    assert date.fromisoformat(KINDS["date"].read(day.isoformat(), [])) == day


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("number", "12", 12),
        ("number", 12.0, 12),
        ("number", "9.50", 9.5),
        ("yes_no", "Yes", True),
        ("yes_no", 0, False),
        ("choice", "pro", "Pro"),
        ("link", "https://shop.example/o/7", "https://shop.example/o/7"),
        ("text", 7, "7"),
        ("text", "two\nlines", "two lines"),
    ],
)
def test_what_sites_send_is_kept_by_its_type(kind, raw, kept):
    found = KINDS[kind].read(raw, CHOICES)
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("number", "twelve"),
        ("number", True),
        ("number", "1" * 16),
        ("number", float("inf")),
        ("date", "31/05/2026"),
        ("date", "2026-02-30"),
        ("yes_no", "perhaps"),
        ("yes_no", 2),
        ("choice", "Gold"),
        ("link", "javascript:alert(1)"),
        ("link", "shop.example"),
        ("text", ["a"]),
        ("text", "x" * 501),
    ],
)
def test_what_does_not_fit_is_refused_in_words(kind, raw):
    with pytest.raises(Unfitting) as refusal:
        KINDS[kind].read(raw, CHOICES)
    assert refusal.value.status == 422


@pytest.mark.parametrize(
    ("language", "typed", "kept"),
    [("en", "1,234.5", 1234.5), ("it", "1.234,5", 1234.5), ("it", "9,5", 9.5), ("en", "1 234", 1234), ("en", "-2,000,000", -2000000)],
)  # fmt: skip
def test_numbers_are_typed_as_one_s_language_writes_them(language, typed, kept):
    with override(language):
        assert KINDS["number"].read(KINDS["number"].typed(typed), []) == kept


def test_an_address_without_https_is_typed_as_one():
    assert KINDS["link"].read(KINDS["link"].typed(" shop.example/o/7 "), []) == "https://shop.example/o/7"


@pytest.mark.parametrize(
    ("language", "yes", "no"), [("it", "Sì", "No"), ("ro", "Da", "Nu"), ("zh-hans", "是", "否")]
)
def test_a_value_of_yes_or_no_is_no_answer_to_a_question_where_the_words_differ(language, yes, no):
    with override(language):
        assert (KINDS["yes_no"].words(True), KINDS["yes_no"].words(False)) == (yes, no)
