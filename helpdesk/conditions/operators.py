"""How a condition compares. One line in OPERATORS each; a field's kind says which of them fit.

What is compared, by the field's kind:
text      texts of which one is enough
choice    keys of which one is enough, none for nothing; `state` is a choice of two that is never empty
tags      the tags that are there
number    a Decimal or None; duration: the same in seconds
yes_no    True, False or None
date      a date or None; `today` stands in the case
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fnmatch import translate
from operator import ge, gt, le, lt
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import reading
from helpdesk.conditions.folding import FIRST_CJK, Text, fold, mark_words
from helpdesk.conditions.reading import Wanted
from helpdesk.tickets.actions import normal_tag

Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Operator:
    """`tests` gives for each kind it fits what reads the wanted value once and makes the test. `input` names what stands
    beside it: one value, two, a number of days, or nothing; of a choice always as many as are wanted."""

    key: str
    label: str | Promise
    tests: Mapping[str, Callable[[Wanted], Test]]
    input: str = "one"  # one, two, days, nothing

    @property
    def needs_value(self) -> bool:
        return self.input != "nothing"

    def fits(self, kind: str) -> bool:
        return kind in self.tests

    def prepare(self, kind: str, wanted: Wanted = "") -> Test:
        return self.tests[kind](wanted)


def never(value: Any) -> bool:
    return False


def negated(prepare: Callable[[Wanted], Test]) -> Callable[[Wanted], Test]:
    def prepared(wanted: Wanted) -> Test:
        holds = prepare(wanted)
        return lambda value: not holds(value)

    return prepared


# ---------------------------------------------------------------- texts
def texts(values: Iterable[str]) -> list[Text]:
    return [each if isinstance(each, Text) else Text(each) for each in values]


def contains_any(wanted: Wanted) -> Test:
    """A term at the beginning of a word: "invoice" finds "Invoices" and not "preinvoice"; what begins with a sign, or is
    of a script without spaces, is found anywhere."""
    terms = reading.terms_of(wanted)
    at_words = tuple((term, mark_words(term)) for term in terms if begins_a_word(term))
    bare = tuple(term for term in terms if not begins_a_word(term))

    def holds(values: Iterable[str]) -> bool:
        for text in texts(values):
            folded = text.folded
            for (
                term,
                marked,
            ) in at_words:  # marking the words is most of the work: only where the term stands at all
                if term in folded and marked in text.marked:
                    return True
            for term in bare:
                if term in folded:
                    return True
        return False

    return holds


def begins_a_word(term: str) -> bool:
    return mark_words(term).startswith("\0") and ord(term[0]) < FIRST_CJK


def contains(wanted: Wanted) -> Test:
    """Anywhere, as it stands: "out" finds "checkout"."""
    right = fold(reading.one_of(wanted))
    return lambda values: bool(right) and any(right in text.folded for text in texts(values))


def equals(wanted: Wanted) -> Test:
    right = fold(reading.one_of(wanted))
    return lambda values: any(text.folded == right for text in texts(values))


def starts_with(wanted: Wanted) -> Test:
    right = fold(reading.one_of(wanted))
    return lambda values: any(text.folded.startswith(right) for text in texts(values))


def matches(wanted: Wanted) -> Test:
    """* for anything and ? for one character; the translation can't backtrack without end."""
    shape = re.compile(translate(fold(reading.one_of(wanted)).replace("[", "[[]")))
    return lambda values: any(shape.match(text.folded) for text in texts(values))


def is_no_text(wanted: Wanted) -> Test:
    return lambda values: not any(text.folded for text in texts(values))


# ---------------------------------------------------------------- choices and tags
def is_one_of(wanted: Wanted) -> Test:
    right = frozenset(reading.keys_of(wanted))
    return lambda keys: not right.isdisjoint(keys)


def is_no_key(wanted: Wanted) -> Test:
    return lambda keys: not keys


def tags_of(wanted: Wanted) -> frozenset[str]:
    parts = re.split(r"[,;，；、\n]", ",".join(reading.keys_of(wanted)))
    return frozenset(filter(None, map(normal_tag, parts)))


def has_any(wanted: Wanted) -> Test:
    right = tags_of(wanted)
    return lambda tags: not right.isdisjoint(tags)


def has_all(wanted: Wanted) -> Test:
    right = tags_of(wanted)
    return lambda tags: bool(right) and right.issubset(tags)


# ---------------------------------------------------------------- numbers, spans, dates
def compared(read: Callable[[Wanted], Any], holds: Callable[[Any, Any], bool]) -> Callable[[Wanted], Test]:
    """What is not known is neither more nor less than anything."""

    def prepare(wanted: Wanted) -> Test:
        right = read(wanted)
        if right is None:
            return never
        return lambda value: value is not None and holds(value, right)

    return prepare


def a_number(wanted: Wanted) -> Decimal | None:
    return reading.number_of(reading.one_of(wanted))


def a_date(wanted: Wanted) -> date | None:
    return reading.date_of(reading.one_of(wanted))


def lies_between(value: Decimal, ends: tuple[Decimal, Decimal]) -> bool:
    return ends[0] <= value <= ends[1]


def is_unknown(wanted: Wanted) -> Test:
    return lambda value: value is None


def is_yes(wanted: Wanted) -> Test:
    right = reading.one_of(wanted)
    return lambda value: value is not None and value is (right == "yes")


@dataclass(frozen=True)
class Day:
    """A date, and the day on which it is asked about."""

    day: date
    today: date


def on_days(holds: Callable[[date, date], bool]) -> Callable[[Wanted], Test]:
    return compared(a_date, lambda value, right: holds(value.day, right))


def days_ago(holds: Callable[[Day, date], bool]) -> Callable[[Wanted], Test]:
    return compared(reading.whole_days, lambda value, days: holds(value, value.today - timedelta(days=days)))


def opposite(tests: Mapping[str, Callable[[Wanted], Test]]) -> dict[str, Callable[[Wanted], Test]]:
    return {kind: negated(prepare) for kind, prepare in tests.items()}


TEXT, CHOICE, STATE, TAGS, NUMBER, DURATION, YES_NO, DATE = KINDS = (
    "text", "choice", "state", "tags", "number", "duration", "yes_no", "date",
)  # fmt: skip
IS = {
    TEXT: equals,
    CHOICE: is_one_of,
    STATE: is_one_of,
    NUMBER: compared(a_number, lambda one, two: one == two),
    YES_NO: is_yes,
    DATE: on_days(lambda day, right: day == right),
}
IS_EMPTY = {
    TEXT: is_no_text,
    CHOICE: is_no_key,
    TAGS: is_no_key,
    **dict.fromkeys((NUMBER, DURATION, YES_NO, DATE), is_unknown),
}
WITHIN_DAYS = days_ago(lambda value, edge: edge <= value.day <= value.today)
DAYS_AGO = days_ago(lambda value, edge: value.day < edge)

OPERATORS = {
    operator.key: operator
    for operator in (
        Operator("contains_any", _("contains any of the words"), {TEXT: contains_any}),
        Operator("contains_none", _("contains none of the words"), opposite({TEXT: contains_any})),
        Operator("contains", _("contains"), {TEXT: contains}),
        Operator("contains_not", _("does not contain"), opposite({TEXT: contains})),
        Operator("is", _("is"), IS),
        Operator("is_not", _("is not"), opposite({kind: IS[kind] for kind in (TEXT, CHOICE, NUMBER)})),
        Operator("starts_with", _("starts with"), {TEXT: starts_with}),
        Operator("matches", _("matches the pattern"), {TEXT: matches}),
        Operator("has_any", _("has any of"), {TAGS: has_any}),
        Operator("has_all", _("has all of"), {TAGS: has_all}),
        Operator("has_none", _("has none of"), opposite({TAGS: has_any})),
        Operator("more", _("is more than"), {NUMBER: compared(a_number, gt)}),
        Operator("at_least", _("is at least"), {NUMBER: compared(a_number, ge)}),
        Operator("less", _("is less than"), {NUMBER: compared(a_number, lt)}),
        Operator("at_most", _("is at most"), {NUMBER: compared(a_number, le)}),
        Operator("between", _("is between"), {NUMBER: compared(reading.two_numbers, lies_between)}, "two"),
        Operator("longer", _("is longer than"), {DURATION: compared(reading.seconds_of, gt)}),
        Operator("shorter", _("is shorter than"), {DURATION: compared(reading.seconds_of, lt)}),
        Operator("before", _("is before"), {DATE: on_days(lt)}),
        Operator("after", _("is after"), {DATE: on_days(gt)}),
        Operator("within_days", _("is within the last"), {DATE: WITHIN_DAYS}, "days"),
        Operator("days_ago", _("is longer ago than"), {DATE: DAYS_AGO}, "days"),
        Operator("is_empty", _("is empty"), IS_EMPTY, "nothing"),
        Operator("is_not_empty", _("is not empty"), opposite(IS_EMPTY), "nothing"),
    )
}


def operators_for(kind: str) -> list[Operator]:
    return [operator for operator in OPERATORS.values() if operator.fits(kind)]
