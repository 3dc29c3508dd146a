"""Each comparison and each field, on real tickets."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from helpdesk import clock
from helpdesk.conditions import FIELDS, OPERATORS, case_of, case_of_ticket, cases_of, compile_group, explain
from helpdesk.conditions.fields import EVENT, TICKET, fields_for
from helpdesk.conditions.operators import Day
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.attributes.definitions import standing
from helpdesk.people.models import Company
from routing.models import BusinessHours
from tests.factories import customer_writes, make_department, make_inbox


@pytest.mark.parametrize(
    ("operator", "value", "wanted", "expected"),
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
        ("contains", ["preINVOICE"], "invoice", True),
        ("contains", ["a, b"], "a, b", True),
        ("contains", ["anything"], " ", False),
        ("contains_not", ["preinvoice"], "voice", False),
        ("contains_not", [], "voice", True),
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
def test_comparisons(operator, value, wanted, expected):
    kind = "tags" if operator.startswith("has") else "text"
    assert OPERATORS[operator].prepare(kind, wanted)(value) is expected


@pytest.mark.parametrize(
    ("kind", "operator", "value", "wanted", "expected"),
    [
        ("choice", "is", ["2"], "2", True),
        ("choice", "is", ["2"], ["1", "2"], True),
        ("choice", "is", [], ["1"], False),
        ("choice", "is_not", ["2"], ["1", "3"], True),
        ("choice", "is_not", [], "1", True),
        ("choice", "is_empty", [], "", True),
        ("tags", "has_all", ["vip", "late"], "late, VIP", True),
        ("tags", "has_all", ["vip"], "late, vip", False),
        ("tags", "has_all", ["vip"], "", False),
        ("number", "more", Decimal(5), "4,5", True),
        ("number", "more", None, "4", False),
        ("number", "at_least", Decimal(5), "5", True),
        ("number", "less", Decimal(5), "5", False),
        ("number", "at_most", Decimal(5), "5", True),
        ("number", "is", Decimal(5), "5.0", True),
        ("number", "is_not", None, "5", True),
        ("number", "between", Decimal(5), ["1", "5"], True),
        ("number", "between", Decimal(5), ["5", "1"], False),
        ("number", "more", Decimal(5), "many", False),
        ("duration", "longer", Decimal(3601), "1h", True),
        ("duration", "longer", Decimal(3600), "60m", False),
        ("duration", "shorter", None, "60m", False),
        ("duration", "is_empty", None, "", True),
        ("yes_no", "is", True, "yes", True),
        ("yes_no", "is", None, "no", False),
        ("date", "before", Day(date(2026, 1, 1), date(2026, 2, 1)), "2026-01-02", True),
        ("date", "is", Day(date(2026, 1, 1), date(2026, 2, 1)), "2026-01-01", True),
        ("date", "within_days", Day(date(2026, 1, 25), date(2026, 2, 1)), "7", True),
        ("date", "within_days", Day(date(2026, 2, 2), date(2026, 2, 1)), "7", False),
        ("date", "days_ago", Day(date(2026, 1, 24), date(2026, 2, 1)), "7", True),
        ("date", "after", None, "2026-01-01", False),
    ],
)
def test_comparisons_of_what_is_no_text(kind, operator, value, wanted, expected):
    assert OPERATORS[operator].prepare(kind, wanted)(value) is expected


def test_a_pattern_full_of_stars_answers_at_once():
    assert not OPERATORS["matches"].prepare("text", "*a" * 30 + "b")(["a" * 50_000])


def created(ticket):
    return Event.objects.get(ticket=ticket, name=names.TICKET_CREATED)


@pytest.mark.django_db
@clock.frozen_at(datetime(2026, 3, 23, 20, tzinfo=UTC))
def test_every_field_reads_what_it_says():
    support = make_department("Support")
    inbox = make_inbox(department=support)
    ticket = customer_writes(
        inbox, text="Where is it?", subject="Parcel", email="carla@big.example", language="it"
    ).ticket
    ticket.tags = ["vip"]
    ticket.save()
    case = case_of(created(ticket))
    read = {key: field.value_of(case) for key, field in FIELDS.items() if key != "tenure"}
    assert read == {
        **dict.fromkeys(("visit_page", "visitor", "named:"), []),
        **dict.fromkeys(("page_seconds", "site_seconds", "scroll", "visits", "named_number:"), None),
        "subject_or_first": ["Parcel", "Where is it?"],
        "text": ["Where is it?"],
        "subject": ["Parcel"],
        "sender": ["carla@big.example"],
        "domain": ["big.example"],
        "page": [],
        "referrer": [],
        "has_file": False,
        "automatic": False,
        "rating": [],
        "did": [],
        "did_facts": [],
        "who": ["customer"],
        "channel": ["email"],
        "inbox": [str(inbox.pk)],
        "department": [str(support.pk)],
        "assignee": [],
        "language": ["it"],
        "tag": ["vip"],
        "priority": ["2"],
        "status": ["new"],
        "status_age": 0,
        "waiting": 0,
        "age": 0,
        "mark": [],
        "escalated": False,
        "snoozed": False,
        "bot": [],
        "office": ["open"],
        "customer": ["new"],
        "tickets": 1,
        "open_tickets": 1,
        "last_rating": None,
        "mean_rating": None,
        "company": [],
    }


@pytest.mark.django_db
def test_what_the_team_has_defined_is_read_by_its_type():
    ticket = customer_writes().ticket
    contact = ticket.contact
    contact.company = Company.objects.create(name="Big", attributes={"size": "250", "type": "school"})
    contact.attributes = {
        "plan": "gold",
        "spend": 12.5,
        "claims": {"plan": "free", "products": ["boots", "map"]},
    }
    read = {
        field.key: field.value_of(case_of_ticket(ticket)) for field in fields_for(TICKET) if ":" in field.key
    }
    assert read == {
        "person:plan": ["gold"],
        "person:products": ["boots, map"],
        "person:spend": Decimal("12.5"),
        "company:type": ["school"],
        "company:size": Decimal(250),
    }


@pytest.mark.django_db
def test_all_that_can_be_asked_of_an_event_costs_four_questions(django_assert_max_num_queries):
    event = created(customer_writes(make_inbox(department=make_department("Support"))).ticket)
    standing()  # what the team has defined each process keeps for some seconds
    with django_assert_max_num_queries(4):  # ticket, messages, what many rows say together, hours
        case = case_of(event)
        assert [case.read(field) for field in fields_for(EVENT)]


@pytest.mark.django_db
def test_the_message_of_an_case_is_the_events_own():
    inbox = make_inbox(kind="webchat")
    ticket = customer_writes(inbox, text="first").ticket
    customer_writes(inbox, text="second")
    event = Event.objects.filter(ticket=ticket, name=names.MESSAGE_RECEIVED).latest("id")
    case = case_of(event)
    assert (case.message.text, case.first.text) == ("second", "first")


@pytest.mark.django_db
def test_a_second_ticket_is_not_from_a_new_customer():
    inbox = make_inbox()
    customer_writes(inbox)
    second = customer_writes(inbox).ticket
    assert FIELDS["customer"].read(case_of(created(second))) == ["known"]


@pytest.mark.django_db
def test_the_office_is_judged_at_the_moment_it_happened():
    BusinessHours.objects.create(
        name="Office", time_zone="UTC", weekly=[[0, "09:00", "18:00"]], is_default=True
    )
    with clock.frozen_at(datetime(2026, 3, 23, 20, tzinfo=UTC)):
        ticket = customer_writes().ticket
    assert FIELDS["office"].read(case_of(created(ticket))) == ["closed"]


YES = {"field": "subject", "op": "is", "value": "parcel"}
NO = {"field": "channel", "op": "is", "value": "telegram"}


@pytest.mark.parametrize(
    ("match", "lines", "expected"),
    [
        ("any", [NO, YES], True),
        ("all", [NO, YES], False),
        ("all", [YES], True),
        ("any", [], True),
        ("all", [YES, {"match": "any", "lines": [NO, YES]}], True),
        ("all", [YES, {"match": "all", "lines": [NO, YES]}], False),
        ("any", [NO, {"match": "all", "lines": []}], False),
        ("all", [{"field": "gone", "op": "is", "value": "x"}], False),
    ],
)
@pytest.mark.django_db
def test_groups(match, lines, expected):
    ticket = customer_writes(subject="Parcel").ticket
    holds = compile_group({"match": match, "lines": lines})
    assert holds(case_of(created(ticket))) is holds(case_of_ticket(ticket)) is expected


@pytest.mark.django_db
def test_what_is_stored_as_lines_alone_is_a_group_of_which_all_hold():
    case = case_of(created(customer_writes(subject="Parcel").ticket))
    assert compile_group([YES])(case) and not compile_group([YES, NO])(case) and compile_group({})(case)


@pytest.mark.django_db
def test_an_explanation_names_each_line_with_its_value_as_it_was():
    case = case_of(created(customer_writes(subject="Parcel").ticket))
    told = explain({"match": "all", "lines": [YES, {"match": "any", "lines": [NO]}]}, case)
    assert told == [(YES, True, ["Parcel"]), (NO, False, ["email"])]


@pytest.mark.django_db
def test_many_cases_cost_as_many_queries_as_one(django_assert_num_queries):
    inbox = make_inbox()
    for number in range(12):
        customer_writes(inbox, email=f"c{number}@customer.example")
    events = list(Event.objects.filter(name=names.TICKET_CREATED))
    with django_assert_num_queries(2):  # tickets and hours: nothing else was asked
        office = [FIELDS["office"].read(case) for case in cases_of(events)]
    assert office == [["open"]] * 12
