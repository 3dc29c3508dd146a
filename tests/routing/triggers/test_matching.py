"""Each comparison and each field, on real tickets."""

from datetime import UTC, datetime

import pytest

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from routing.models import BusinessHours, Trigger
from routing.triggers.fields import FIELDS
from routing.triggers.matching import holds, matches
from routing.triggers.occasions import occasion_of, occasions_of
from routing.triggers.operators import OPERATORS
from tests.factories import customer_writes, make_department, make_inbox


@pytest.mark.parametrize(
    ("operator", "texts", "wanted", "expected"),
    [
        ("contains_any", ["My INVOICE is wrong"], "invoice", True),
        ("contains_any", ["two invoices"], "invoice", True),
        ("contains_any", ["preinvoice"], "invoice", False),
        ("contains_any", ["insurgent"], "urgent", False),
        ("contains_any", ["", "please refund me"], "invoice, refund", True),
        ("contains_any", ["请寄给我发票谢谢"], "发票", True),
        ("contains_any", ["Où est ma FACTURE réglée"], "reglee", True),
        ("contains_any", ["c++ (new)"], "c++", True),
        ("contains_any", ["anything"], " , ", False),
        ("contains_any", ["credit note please"], "credit note", True),
        ("contains_none", ["hello"], "invoice", True),
        ("contains_none", ["invoice"], "invoice", False),
        ("is", [" Urgent "], "urgent", True),
        ("is_not", ["urgent!"], "urgent", True),
        ("starts_with", ["Re: hello"], "re:", True),
        ("starts_with", ["hello Re:"], "re:", False),
        ("matches", ["bob@mail.shop.example"], "*@*.shop.example", True),
        ("matches", ["bob@shop.example"], "*@*.shop.example", False),
        ("matches", ["order 1234"], "order ????", True),
        ("is_empty", ["", "  "], "", True),
        ("is_not_empty", ["x"], "", True),
        ("has_any", ["vip", "late"], "VIP, gold", True),
        ("has_any", ["vip"], "vi", False),
        ("has_none", ["vip"], "gold", True),
        ("is_empty", [], "", True),
    ],
)
def test_comparisons(operator, texts, wanted, expected):
    assert OPERATORS[operator].holds(texts, wanted) is expected


def test_a_pattern_full_of_stars_answers_at_once():
    assert not OPERATORS["matches"].holds(["a" * 50_000], "*a" * 30 + "b")


def created(ticket):
    return Event.objects.get(ticket=ticket, name=names.TICKET_CREATED)


@pytest.mark.django_db
def test_every_field_reads_what_it_says():
    support = make_department("Support")
    inbox = make_inbox(department=support)
    ticket = customer_writes(
        inbox, text="Where is it?", subject="Parcel", email="carla@big.example", language="it"
    ).ticket
    ticket.tags = ["vip"]
    ticket.save()
    occasion = occasion_of(created(ticket))
    read = {key: field.read(occasion) for key, field in FIELDS.items()}
    assert read == {
        "subject_or_first": ["Parcel", "Where is it?"],
        "text": ["Where is it?"],
        "subject": ["Parcel"],
        "sender": ["carla@big.example"],
        "domain": ["big.example"],
        "company": [],
        "channel": ["email"],
        "inbox": [str(inbox.pk)],
        "department": [str(support.pk)],
        "assignee": [],
        "language": ["it"],
        "tag": ["vip"],
        "priority": ["2"],
        "status": ["new"],
        "rating": [],
        "office": ["open"],
        "customer": ["new"],
    }


@pytest.mark.django_db
def test_the_message_of_an_occasion_is_the_events_own():
    inbox = make_inbox(kind="webchat")
    ticket = customer_writes(inbox, text="first").ticket
    customer_writes(inbox, text="second")
    event = Event.objects.filter(ticket=ticket, name=names.MESSAGE_RECEIVED).latest("id")
    occasion = occasion_of(event)
    assert (occasion.message.text, occasion.first.text) == ("second", "first")


@pytest.mark.django_db
def test_a_second_ticket_is_not_from_a_new_customer():
    inbox = make_inbox()
    customer_writes(inbox)
    second = customer_writes(inbox).ticket
    assert FIELDS["customer"].read(occasion_of(created(second))) == ["known"]


@pytest.mark.django_db
def test_the_office_is_judged_at_the_moment_it_happened():
    BusinessHours.objects.create(
        name="Office", time_zone="UTC", weekly=[[0, "09:00", "18:00"]], is_default=True
    )
    with clock.frozen_at(datetime(2026, 3, 23, 20, tzinfo=UTC)):
        ticket = customer_writes().ticket
    assert FIELDS["office"].read(occasion_of(created(ticket))) == ["closed"]


@pytest.mark.django_db
def test_all_and_any():
    occasion = occasion_of(created(customer_writes(subject="Parcel").ticket))
    yes = {"field": "subject", "op": "is", "value": "parcel"}
    no = {"field": "channel", "op": "is", "value": "telegram"}
    assert holds(yes, occasion) and not holds(no, occasion)
    assert matches(Trigger(match="any", conditions=[no, yes]), occasion)
    assert not matches(Trigger(match="all", conditions=[no, yes]), occasion)
    assert matches(Trigger(match="any", conditions=[]), occasion)


@pytest.mark.django_db
def test_many_occasions_cost_as_many_queries_as_one(django_assert_num_queries):
    inbox = make_inbox()
    for number in range(12):
        customer_writes(inbox, email=f"c{number}@customer.example")
    events = list(Event.objects.filter(name=names.TICKET_CREATED))
    with django_assert_num_queries(4):  # tickets, first messages, oldest tickets, hours
        office = [FIELDS["office"].read(occasion) for occasion in occasions_of(events)]
    assert office == [["open"]] * 12
