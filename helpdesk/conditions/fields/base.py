"""What a field is: how it is read of a case, and how the database reads the same of a ticket or an event."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import (
    DateTimeField,
    DecimalField,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Cast
from django.utils.functional import Promise

from helpdesk import clock
from helpdesk.conditions.cases import Case
from helpdesk.conditions.choices import Choices
from helpdesk.conditions.folding import Text
from helpdesk.conditions.operators import Operator, operators_for

# Who may ask: what is told of an event, or what stands of a ticket at any time.
EVENT, TICKET = "event", "ticket"
VISITOR = "visitor"  # somebody on a page, perhaps nobody whom we know
ALWAYS = frozenset({EVENT, TICKET})
OF_PEOPLE = ALWAYS | {VISITOR}
# Of what there must be something to read.
OF_TICKET, OF_CONTACT, OF_VISITOR, OF_CASE = "ticket", "contact", "visitor", "case"
OF_TICKET_OR_VISITOR = "ticket or visitor"


@dataclass(frozen=True)
class Over:
    """Of which rows the database is asked: of tickets, or of events with their tickets."""

    prefix: str = ""  # from a row to its ticket

    def of_ticket(self, path: str) -> F:
        return F(self.prefix + path)

    def outer(self, path: str) -> OuterRef:
        return OuterRef(self.prefix + path)

    @property
    def ticket_id(self) -> OuterRef:
        return OuterRef("ticket_id" if self.prefix else "pk")

    @property
    def at(self) -> BaseExpression:
        """When it is asked: of an event when it happened, of a ticket now."""
        return F("occurred_at") if self.prefix else Value(clock.now(), DateTimeField())

    @property
    def own_message(self) -> BaseExpression | None:
        """The number of the event's message."""
        return F("data__message") if self.prefix else None


NUMERIC = DecimalField(max_digits=40, decimal_places=15)
OF_TICKETS, OF_EVENTS = Over(), Over("ticket__")
Reads = Callable[[Case], Any]
Sql = Callable[[Over], Any]


@dataclass(frozen=True)
class Field:
    """`read` says what it is of a case, in the shape of its kind (operators); `sql` the same as an expression, or a list of
    them for a text and a choice. `scopes`: who may ask for it; `of`: without this there is nothing to read. `only`: the
    operators that fit, where not all of its kind do; `most`: the largest number that makes sense, where there is one.
    `called` is the name of what is looked up by a name that the team writes, "" while none is written."""

    key: str
    label: str | Promise
    kind: str
    read: Reads
    sql: Sql
    offers: Callable[[], Choices] | None = None
    hint: str | Promise = ""
    unit: str | Promise = ""
    scopes: frozenset[str] = ALWAYS
    of: str = OF_TICKET
    only: tuple[str, ...] = ()
    most: int = 0
    called: str | None = None

    @cached_property
    def operators(self) -> list[Operator]:
        return [each for each in operators_for(self.kind) if not self.only or each.key in self.only]

    @property
    def base(self) -> str:
        """The key without the name."""
        return self.key.removesuffix(self.called or "")

    def value_of(self, case: Case) -> Any:
        if not self.is_known_of(case):
            return [] if self.kind in LISTS else None
        value = self.read(case)
        return [Text(each) for each in value] if self.kind == "text" else value

    def is_known_of(self, case: Case) -> bool:
        """Whether there is anything to read."""
        if self.of == OF_TICKET:
            return case.ticket is not None
        if self.of == OF_CONTACT:
            return case.contact is not None
        if self.of == OF_VISITOR:
            return case.moment is not None
        return self.of == OF_CASE or case.ticket is not None or case.moment is not None


LISTS = ("text", "choice", "state", "tags")


def key_of(value: object) -> list[str]:
    return [] if value is None or value == "" else [str(value)]


def whole(value: float | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def column(path: str) -> Sql:
    """A column of the ticket, or of what it points to."""
    return lambda over: over.of_ticket(path)


def texts_of(path: str) -> Sql:
    return lambda over: [over.of_ticket(path)]


def keys_of(path: str) -> Sql:
    return lambda over: [Cast(over.of_ticket(path), TextField())]


def first_of(rows: QuerySet, column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])


def seconds_since(over: Over, moment: Any) -> BaseExpression:
    return Func(
        over.at,
        moment,
        template="extract(epoch FROM (%(expressions)s))",
        arg_joiner=" - ",
        output_field=NUMERIC,
    )


def said_in(column: Any, key: str) -> Func:
    """What stands under a key of a JSON column, as words: as `as_text`, nothing for the empty text."""
    return Func(column, Value(key), function="helpdesk_said", output_field=TextField())


def as_text(raw: Any) -> str:
    """A list with commas between, what is no text as JSON has it; an object is nothing."""
    if isinstance(raw, list):
        return ", ".join(as_text(one) for one in raw if isinstance(one, str | int | float))
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        return format(Decimal(repr(raw)), "f")
    return str(raw) if isinstance(raw, str | int) else ""
