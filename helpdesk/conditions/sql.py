"""Conditions asked of the database: the same answer as compile_group gives, of many rows at once (dry runs, views)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    ExpressionWrapper,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)
from django.utils.timezone import localtime

from helpdesk import clock
from helpdesk.conditions import reading
from helpdesk.conditions.fields import Over, find_field
from helpdesk.conditions.fields.base import NUMERIC, OF_EVENTS, OF_TICKETS
from helpdesk.conditions.folding import NO_WORD, fold
from helpdesk.conditions.groups import ANY, Line, is_group, normal_group
from helpdesk.conditions.operators import (
    CHOICE,
    DATE,
    DURATION,
    NUMBER,
    OPERATORS,
    STATE,
    TAGS,
    TEXT,
    YES_NO,
    a_date,
    a_number,
    begins_a_word,
    tags_of,
)  # fmt: skip
from helpdesk.conditions.reading import Wanted

NEVER, ALWAYS = Q(pk__in=[]), ~Q(pk__in=[])
Compare = Callable[[Any, Wanted, Over], Q]


@dataclass(frozen=True)
class Cut:
    """Rows that a group may hold for. Where `is_exact` they are those; else all of those and some more, which only
    compile_group can tell apart."""

    q: Q
    is_exact: bool = True


def as_q(stored: Any) -> Q:
    """The tickets that the group holds for now, exactly."""
    return cut_of(stored, OF_TICKETS).q


def first_cut(stored: Any) -> Cut:
    """The events whose case the group may hold for. What a ticket is it is as it stands now."""
    return cut_of(stored, OF_EVENTS)


def cut_of(stored: Any, over: Over) -> Cut:
    group = normal_group(stored)
    cuts = [cut_of_line(line, over) for line in group["lines"] if not is_group(line) or line["lines"]]
    if not cuts:
        return Cut(ALWAYS)
    join = or_ if group["match"] == ANY else and_
    return Cut(reduce(join, (cut.q for cut in cuts)), all(cut.is_exact for cut in cuts))


def cut_of_line(line: Line, over: Over) -> Cut:
    if is_group(line):
        return cut_of(line, over)
    field, operator = find_field(line.get("field", "")), OPERATORS.get(line.get("op", ""))
    if field is None or operator is None or not operator.fits(field.kind):
        return Cut(NEVER)
    read = field.sql(over)
    if read is None:
        return Cut(ALWAYS, is_exact=False)
    return Cut(COMPARES[operator.key][field.kind](read, line.get("value", ""), over))


# ---------------------------------------------------------------- what they are made of
class Folded(Func):
    """As folding.fold; nothing where nothing is."""

    function = "helpdesk_folded"
    output_field = TextField()


class Like(Func):
    template, arg_joiner = "%(expressions)s", " LIKE "
    output_field = BooleanField()
    conditional = True


class Fits(Like):
    arg_joiner = " ~ "


class HasWord(Func):
    """As Fits of what is folded, for a pattern without spaces: those are all that folding would change beside letters."""

    function = "helpdesk_has_word"
    output_field = BooleanField()
    conditional = True


class Overlaps(Like):
    arg_joiner = " && "


class Contains(Like):
    arg_joiner = " @> "


class Minus(Func):
    template, arg_joiner = "(%(expressions)s)", " - "
    output_field = DateField()


def any_of(conditions: Iterable[Any]) -> Q:
    return reduce(or_, map(Q, conditions), NEVER)


def unlike(compare: Compare) -> Compare:
    """Everything else, also where nothing is known."""
    return lambda read, wanted, over: all_but(compare(read, wanted, over))


def all_but(q: Q) -> Q:
    """The rows that a condition does not hold for. `~q` would leave out those of which the database does not know."""
    held = ExpressionWrapper(q, BooleanField())
    return Q(Exact(Coalesce(held, Value(False)), Value(False)))


# ---------------------------------------------------------------- texts
def contains_any(read: Sequence[Any], wanted: Wanted, over: Over) -> Q:
    terms = reading.terms_of(wanted)
    if not terms:
        return NEVER
    pattern = "|".join(
        (f"(?:^|[{NO_WORD}])" if begins_a_word(term) else "") + re.escape(term) for term in terms
    )
    if any(" " in term for term in terms):
        return any_of(Fits(Folded(text), Value(pattern)) for text in read)
    return any_of(HasWord(text, Value(pattern)) for text in read)


def contains(read: Sequence[Any], wanted: Wanted, over: Over) -> Q:
    right = fold(reading.one_of(wanted))
    shape = Value(f"%{plain(right)}%")
    return any_of(Like(Folded(text), shape) for text in read) if right else NEVER


def equals(read: Sequence[Any], wanted: Wanted, over: Over) -> Q:
    right = Value(fold(reading.one_of(wanted)))
    return any_of(Exact(Folded(text), right) for text in read)


def starts_with(read: Sequence[Any], wanted: Wanted, over: Over) -> Q:
    shape = plain(fold(reading.one_of(wanted))) + "%"
    return any_of(Like(Folded(text), Value(shape)) for text in read)


def matches(read: Sequence[Any], wanted: Wanted, over: Over) -> Q:
    shape = plain(fold(reading.one_of(wanted))).replace("*", "%").replace("?", "_")
    return any_of(Like(Folded(text), Value(shape)) for text in read)


def plain(text: str) -> str:
    """Without signs that mean something to LIKE."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def has_text(read: Sequence[Any], wanted: Wanted, over: Over) -> Q:
    return any_of(GreaterThan(Folded(text), Value("")) for text in read)


# ---------------------------------------------------------------- choices and tags
def is_one_of(read: Sequence[Any], wanted: Wanted, over: Over) -> Q:
    keys = reading.keys_of(wanted)
    return any_of(In(key, keys) for key in read) if keys else NEVER


def has_key(read: Sequence[Any], wanted: Wanted, over: Over) -> Q:
    return any_of(GreaterThan(key, Value("")) for key in read)


def array(tags: Iterable[str]) -> Value:
    return Value(sorted(tags), ArrayField(CharField(max_length=40)))


def has_any(read: Any, wanted: Wanted, over: Over) -> Q:
    return Q(Overlaps(read, Cast(array(tags_of(wanted)), ARRAY)))


def has_all(read: Any, wanted: Wanted, over: Over) -> Q:
    tags = tags_of(wanted)
    return Q(Contains(read, Cast(array(tags), ARRAY))) if tags else NEVER


def has_tags(read: Any, wanted: Wanted, over: Over) -> Q:
    return Q(GreaterThan(Func(read, function="cardinality", output_field=IntegerField()), 0))


# ---------------------------------------------------------------- numbers, spans, dates
def compared(read_wanted: Callable[[Wanted], Any], lookup: type) -> Compare:
    def compare(read: Any, wanted: Wanted, over: Over) -> Q:
        right = read_wanted(wanted)
        return NEVER if right is None else Q(lookup(read, Value(right, NUMERIC)))

    return compare


def lies_between(read: Any, wanted: Wanted, over: Over) -> Q:
    ends = reading.two_numbers(wanted)
    if ends is None:
        return NEVER
    low, high = (Value(end, NUMERIC) for end in ends)
    return Q(GreaterThanOrEqual(read, low)) & Q(LessThanOrEqual(read, high))


def is_yes(read: Any, wanted: Wanted, over: Over) -> Q:
    return Q(Exact(ExpressionWrapper(read, BooleanField()), reading.one_of(wanted) == "yes"))


def is_known(read: Any, wanted: Wanted, over: Over) -> Q:
    return Q(IsNull(ExpressionWrapper(read, BooleanField()) if isinstance(read, Q) else read, False))


def on_days(lookup: type) -> Compare:
    def compare(read: Any, wanted: Wanted, over: Over) -> Q:
        right = a_date(wanted)
        return NEVER if right is None else Q(lookup(read, Value(right, DateField())))

    return compare


def today(over: Over) -> Any:
    return TruncDate(over.at) if over.prefix else Value(localtime(clock.now()).date(), DateField())


def within_days(read: Any, wanted: Wanted, over: Over) -> Q:
    days = reading.whole_days(wanted)
    if days is None:
        return NEVER
    edge = Minus(today(over), Value(days))
    return Q(GreaterThanOrEqual(read, edge)) & Q(LessThanOrEqual(read, today(over)))


def days_ago(read: Any, wanted: Wanted, over: Over) -> Q:
    days = reading.whole_days(wanted)
    return NEVER if days is None else Q(LessThan(read, Minus(today(over), Value(days))))


ARRAY = ArrayField(CharField(max_length=40))
IS: dict[str, Compare] = {
    TEXT: equals,
    CHOICE: is_one_of,
    STATE: is_one_of,
    NUMBER: compared(a_number, Exact),
    YES_NO: is_yes,
    DATE: on_days(Exact),
}
IS_NOT_EMPTY: dict[str, Compare] = {
    TEXT: has_text,
    CHOICE: has_key,
    TAGS: has_tags,
    **dict.fromkeys((NUMBER, DURATION, YES_NO, DATE), is_known),
}
COMPARES: dict[str, dict[str, Compare]] = {
    "contains_any": {TEXT: contains_any},
    "contains_none": {TEXT: unlike(contains_any)},
    "contains": {TEXT: contains},
    "contains_not": {TEXT: unlike(contains)},
    "is": IS,
    "is_not": {kind: unlike(IS[kind]) for kind in (TEXT, CHOICE, NUMBER)},
    "starts_with": {TEXT: starts_with},
    "matches": {TEXT: matches},
    "has_any": {TAGS: has_any},
    "has_all": {TAGS: has_all},
    "has_none": {TAGS: unlike(has_any)},
    "more": {NUMBER: compared(a_number, GreaterThan)},
    "at_least": {NUMBER: compared(a_number, GreaterThanOrEqual)},
    "less": {NUMBER: compared(a_number, LessThan)},
    "at_most": {NUMBER: compared(a_number, LessThanOrEqual)},
    "between": {NUMBER: lies_between},
    "longer": {DURATION: compared(reading.seconds_of, GreaterThan)},
    "shorter": {DURATION: compared(reading.seconds_of, LessThan)},
    "before": {DATE: on_days(LessThan)},
    "after": {DATE: on_days(GreaterThan)},
    "within_days": {DATE: within_days},
    "days_ago": {DATE: days_ago},
    "is_empty": {kind: unlike(compare) for kind, compare in IS_NOT_EMPTY.items()},
    "is_not_empty": IS_NOT_EMPTY,
}
