import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.desk.filters.keys import KEYS
from helpdesk.desk.filters.parsing import LONGEST_QUERY, Term, parse_query


def terms(text):
    return [(term.key, term.value) for term in parse_query(text).terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("boots torn", [("", "boots"), ("", "torn")]),
        ('from:ann is:open "exact words"', [("from", "ann"), ("is", "open"), ('"', "exact words")]),
        ('from:"Ann Lee" tag:a', [("from", "Ann Lee"), ("tag", "a")]),
        ("FROM:Ann Is:Open", [("from", "Ann"), ("is", "Open")]),
        ("#123 number:7", [("number", "123"), ("number", "7")]),
        ("ann@shop.example", [("from", "ann@shop.example")]),
        ("“exact words” «two more»", [('"', "exact words"), ('"', "two more")]),
        ("状态：打开 is：open", [("", "状态:打开"), ("is", "open")]),
        ("https://shop.example/a", [("", "https://shop.example/a")]),
        ('"no end', [('"', "no end")]),
        ("waiting:>2h created:<7d", [("waiting", ">2h"), ("created", "<7d")]),
        ("lang:it since:today", [("language", "it"), ("after", "today")]),
        ('5" of snow', [("", '5"'), ("", "of"), ("", "snow")]),
        ("tag:a tag:a", [("tag", "a")]),
        ("", []),
        ('- -"" ""', []),
    ],
)
def test_a_query_is_taken_apart(text, expected):
    assert terms(text) == expected


def test_a_minus_turns_a_term_around():
    asked = parse_query('-tag:x -refund -"old shop" boots')
    assert [str(term) for term in asked.filters] == ["-tag:x"]
    assert asked.unwanted == ("refund", "old shop")
    assert asked.words == ("boots",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("foo:bar", "unknown"),
        ("is:quick", "choice"),
        ("after:", "empty"),
        ("after:tomorrowish", "day"),
        ("before:2026-13-01", "day"),
        ("created:>soon", "day"),
        ("waiting:long", "span"),
        ("number:twelve", "number"),
        ("priority:5", "choice"),
        ("created:99999d", ""),
        ("waiting:2h", ""),
        ("is:open", ""),
        ("shop.example:8080", ""),  # no filter that somebody mistyped
        ("Company.size:>5", ""),
    ],
)
def test_what_is_not_understood_is_said(text, kind):
    problems = parse_query(text).problems
    assert [problem.kind for problem in problems] == ([kind] if kind else [])
    assert all(text.split(":")[0] in str(problem) for problem in problems)


def test_an_unknown_filter_is_looked_for_as_words():
    assert parse_query("order:4711").phrases == ("order:4711",)


@pytest.mark.parametrize(
    ("text", "expected"), [("tent zip", True), ("tent zip ", False), ("zip is:open", False), ('"zip"', False)]
)
def test_only_the_last_word_may_go_on(text, expected):
    assert parse_query(text).is_unfinished is expected


value = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)
piece = st.one_of(
    value, st.builds("{}:{}".format, st.sampled_from([*KEYS, "x"]), value), st.builds('-"{}"'.format, value)
)


@given(st.lists(piece, max_size=8).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_whatever_is_typed_is_read_and_reads_the_same_when_written_out(text):
    asked = parse_query(text)
    if len(str(asked)) <= LONGEST_QUERY:
        assert parse_query(str(asked)).terms == asked.terms
    assert all(isinstance(term, Term) and term.value for term in asked.terms)
    assert all(str(problem) for problem in asked.problems)
