"""Every field with every operator: what Python says of a case, the database says of its row, and so does somebody who
reads the rules slowly."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk import clock
from helpdesk.conditions import OPERATORS, cases_of, compile_group, faults_of, find_field
from helpdesk.conditions.cases import cases_of_tickets
from helpdesk.conditions.fields import TICKET, fields_for
from helpdesk.conditions.folding import fold
from helpdesk.conditions.sql import as_q, first_cut
from helpdesk.events import names
from helpdesk.events.actor import BOT
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.models import Company
from helpdesk.tickets.models import Attachment, Survey, Ticket
from tests.factories import customer_writes, make_agent, make_department, make_inbox

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 23, 10, tzinfo=UTC)
SUBJECTS = [
    "",
    "Parcel",
    "INVOICE 12",
    "Où est ma FACTURE réglée",
    "请寄给我发票谢谢",
    "pre_invoice 50% off",
    "c++ (new)",
]
TEXTS = ["Where is  it?\n", "invoice", "a\tb", "Straße ΟΔΟΣ", "", "naïve – “refund”", "back\\slash 100%"]
WANTED = {
    "text": [
        "parcel",
        "invoice, refund",
        "*voice*",
        "发票",
        "reglee",
        "strasse",
        "c++",
        "50%",
        "a b",
        "?arcel",
        "(new",
        "\\",
    ],
    "number": ["0", "1", "2,5", "250", "4"],
    "duration": ["30m", "2h", "3d"],
    "yes_no": ["yes", "no"],
    "date": ["2026-03-23", "2026-03-01", "2027-01-01"],
    "tags": ["vip", "late, VIP", "x"],
}
DAYS, ENDS = ["0", "7", "400"], [["0", "2"], ["1.5", "300"]]


@pytest.fixture
def world():
    """A few tickets that have little in common: with and without everything that can be missing."""
    define_attribute("person", "since", name="", kind="date")
    define_attribute("person", "is_partner", name="", kind="yes_no")
    define_attribute("person", "level", name="", kind="choice", choices=["Gold", "Free"])
    caches["process"].clear()
    sales, closed = make_department("Sales"), make_department("Nights")
    hours = type(closed)._meta.get_field("hours").related_model
    closed.hours = hours.objects.create(name="Never", weekly=[])
    closed.save()
    inboxes = [make_inbox(department=sales), make_inbox(kind="webchat", department=closed), make_inbox()]
    company = Company.objects.create(name="Ünlimited", attributes={"type": "School", "size": "250"})
    agent, since = make_agent(), ["2026-03-20", "2026-02-30", None, "2024-01-01", "soon", 7]
    for at in range(8):
        with clock.frozen_at(NOW - timedelta(hours=at * 30)):
            said = {"page": "https://x.example/checkout"} if at % 2 else {}
            ticket = customer_writes(
                inboxes[at % 3],
                subject=SUBJECTS[at % 7],
                text=TEXTS[at % 7],
                email=f"ann{at % 5}@{'big' if at % 2 else 'x'}.example",
                language=["", "it", "pt-BR", "zh-hans"][at % 4],
            ).ticket
        row = Ticket.objects.get(pk=ticket.pk)
        row.attributes |= said
        row.tags = [["vip"], [], ["vip", "late"]][at % 3]
        row.marks = [["cancel"], [], ["new", "legal"]][at % 3]
        row.assignee = agent if at % 3 == 1 else None
        row.status = ["new", "open", "solved", "pending"][at % 4]
        row.priority = at % 4 + 1
        row.escalated_at, row.snoozed_until = (NOW, None) if at % 2 else (None, NOW)
        row.waiting_since = None if at % 3 == 0 else NOW - timedelta(minutes=29 + at)
        row.save()
        contact = row.contact
        contact.company = company if at % 3 == 1 else None
        contact.attributes = {
            "plan": ["gold", "", None, ["a", "b"], True][at % 5],
            "spend": ["12.5", 1e-5, 300, "many", 12][at % 5],
            "since": since[at % 6],
            "is_partner": [True, "no", "perhaps", None, 1][at % 5],
            "level": ["Gold", "Free", None, "gone", ""][at % 5],
            "claims": {"plan": "free", "products": ["boots", 4, {}]} if at % 2 else "nonsense",
        }
        contact.save()
        if at % 3 == 0:
            record(names.VISITOR_DID, by=BOT, ticket=row, data={"did": "Parcel", "facts": {"a": "parcel"}})
        if at % 4 == 1:
            record(names.BOT_ANSWERED, by=BOT, ticket=row)
            message = row.messages.first()
            Attachment.objects.create(message=message, name="a.txt", size=1)
            closing = record(names.TICKET_CLOSED, by=BOT, ticket=row, data={"status": "closed"})
            score = at % 5 + 1
            Survey.objects.create(
                ticket=row, channel="email", close_event=closing, sent_at=NOW, score=score, rated_at=NOW
            )
    with clock.frozen_at(NOW):
        yield


def tickets() -> list[Ticket]:
    return list(Ticket.objects.select_related("contact__company").order_by("pk"))


def lines_of(field) -> list[dict]:
    """The field with every operator, and what may stand beside it."""
    offered = [key for key, _label in field.offers()] if field.offers else []
    lines = []
    for operator in field.operators:
        wanted = {"nothing": [""], "two": ENDS, "days": DAYS}.get(operator.input)
        wanted = wanted or (WANTED[field.kind] if field.kind in WANTED else [offered[:2], offered[-1:]])
        lines += [{"field": field.key, "op": operator.key, "value": one} for one in wanted]
    return [line for line in lines if not dict(faults_of({"lines": [line]}))]


def test_python_and_the_database_agree_on_every_field_with_every_operator(world):
    """All the lines are asked in a few questions, each as a column."""
    lines = [line for field in fields_for(TICKET) for line in lines_of(field)]
    asked = {(line["field"], line["op"]) for line in lines}
    assert asked == {(f.key, o.key) for f in fields_for(TICKET) for o in f.operators}
    cases = cases_of_tickets(tickets())
    for begin in range(0, len(lines), 60):
        some = lines[begin : begin + 60]
        columns = {f"held_{n}": as_q({"lines": [line]}) for n, line in enumerate(some)}
        rows = Ticket.objects.annotate(**columns).order_by("pk").values_list(*columns)
        for case, row in zip(cases, rows, strict=True):
            for line, said in zip(some, row, strict=True):
                field = find_field(line["field"])
                in_python = compile_group({"lines": [line]})(case)
                assert bool(said) == in_python, (line, case.read(field), case.ticket.pk)
                assert in_python == slowly(line, field.kind, case.read(field)), (line, case.read(field))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_groups_agree_as_well(world, data):
    lines = [line for field in fields_for(TICKET) for line in lines_of(field)]
    line, match = st.sampled_from(lines), st.sampled_from(["all", "any"])
    inner = st.fixed_dictionaries({"match": match, "lines": st.lists(line, max_size=3)})
    outer = st.fixed_dictionaries({"match": match, "lines": st.lists(line | inner, max_size=4)})
    group = data.draw(outer)
    holds = compile_group(group)
    in_python = {case.ticket.pk for case in cases_of_tickets(tickets()) if holds(case)}
    assert set(Ticket.objects.filter(as_q(group)).values_list("pk", flat=True)) == in_python


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_first_cut_of_events_leaves_out_none_that_holds(world, data):
    lines = [line for field in fields_for("event") for line in lines_of(field)]
    group = {
        "match": data.draw(st.sampled_from(["all", "any"])),
        "lines": data.draw(st.lists(st.sampled_from(lines), max_size=3)),
    }
    holds, cut = compile_group(group), first_cut(group)
    events = list(Event.objects.filter(ticket__isnull=False).order_by("pk"))
    in_python = {case.event.pk for case in cases_of(events) if holds(case)}
    found = set(Event.objects.filter(cut.q, ticket__isnull=False).values_list("pk", flat=True))
    assert found == in_python if cut.is_exact else found >= in_python


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0"), max_size=20)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(ANY_TEXT, max_size=40))
def test_the_database_folds_texts_as_python_does(db, texts):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(helpdesk_folded(one) ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY a (one, n)",
            [texts],
        )
        assert (cursor.fetchone()[0] or []) == [fold(text) for text in texts]


# ---------------------------------------------------------------- somebody who reads slowly
def slowly(line: dict, kind: str, value: object) -> bool:
    op, wanted = line["op"], line["value"]
    opposite = {
        "contains_none": "contains_any",
        "contains_not": "contains",
        "is_not": "is",
        "has_none": "has_any",
        "is_not_empty": "is_empty",
    }
    if op in opposite:
        return not slowly(line | {"op": opposite[op]}, kind, value)
    if op == "is_empty":
        return not any(map(bare, value)) if kind == "text" else value is None or value == []
    if kind == "text":
        return any(text_holds(op, bare(text), wanted) for text in value)
    if kind in ("choice", "state"):
        return any(key in value for key in (wanted if isinstance(wanted, list) else [wanted]))
    if kind == "tags":
        tags = [tag.strip().lower() for tag in (wanted if isinstance(wanted, list) else wanted.split(","))]
        return all(tag in value for tag in tags) if op == "has_all" else any(tag in value for tag in tags)
    if value is None:
        return False
    if kind == "yes_no":
        return ("yes" if value else "no") == wanted
    if kind == "date":
        return day_holds(op, value.day, value.today, wanted)
    return number_holds(op, float(value), wanted)


def text_holds(op: str, text: str, wanted: str) -> bool:
    if op == "contains_any":
        return any(begins_somewhere(text, bare(term)) for term in wanted.split(","))
    right = bare(wanted)
    if op == "contains":
        return right in text
    if op == "starts_with":
        return text.startswith(right)
    if op == "matches":
        shape = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in right)
        return re.fullmatch(shape, text, re.DOTALL) is not None
    return text == right


def begins_somewhere(text: str, term: str) -> bool:
    for at in range(len(text)):
        before = text[at - 1 : at] if at else ""
        is_inside = before.isalnum() and term[0].isalnum() and term[0] < "\u2e80"
        if text.startswith(term, at) and not is_inside and not (before == "_" and term[0].isalnum()):
            return True
    return False


def bare(text: str) -> str:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(plain.casefold().split())


def number_holds(op: str, value: float, wanted: object) -> bool:
    if op == "between":
        return float(wanted[0]) <= value <= float(wanted[1])
    unit = {"m": 60, "h": 3600, "d": 86_400}.get(wanted[-1], 1)
    right = float(Decimal(wanted.rstrip("mhd").replace(",", "."))) * unit
    return {
        "more": value > right, "longer": value > right, "at_least": value >= right, "less": value < right,
        "shorter": value < right, "at_most": value <= right, "is": value == right,
    }[op]  # fmt: skip


def day_holds(op: str, day: date, today: date, wanted: str) -> bool:
    if op in ("within_days", "days_ago"):
        age = (today - day).days
        return 0 <= age <= int(wanted) if op == "within_days" else age > int(wanted)
    right = date.fromisoformat(wanted)
    return {"before": day < right, "after": day > right, "is": day == right}[op]


def test_there_is_an_operator_for_every_kind_and_a_comparison_for_every_operator():
    assert {kind for operator in OPERATORS.values() for kind in operator.tests} >= {
        f.kind for f in fields_for(TICKET)
    }
