"""Which messages may come to whom: decided on the server as far as it can, and never too often."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from helpdesk import clock
from helpdesk.errors import InvalidRule
from helpdesk.inboxes.contract import Sender
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.contacts import find_or_create_contact
from helpdesk.people.duty import note_duty
from helpdesk.people.models import Company, ContactIdentity
from helpdesk.proactive.audience import forget_offers, rules_for
from helpdesk.proactive.models import ProactiveLimits, ProactiveMessage
from helpdesk.proactive.saving import save_message
from helpdesk.proactive.showing import NotForThem, dismiss_message, open_message, show_message
from helpdesk.tickets.models import Ticket
from routing.models import BusinessHours
from tests.factories import customer_writes, make_inbox
from tests.helpdesk.proactive.conftest import visitor_here

pytestmark = pytest.mark.django_db
VISITOR = ContactIdentity.Kind.VISITOR


def ids(rules: list[dict]) -> list[int]:
    return [rule["message"] for rule in rules]


def test_what_only_the_page_knows_is_left_to_the_browser_and_all_else_never_leaves(widget, make_message):
    message = make_message(
        ("visit_page", "contains", "/checkout"),
        ("page_seconds", "at_least", "60"),
        ("named_number:cart_total", "at_least", "200"),
        ("referrer", "contains", "partner-secret"),
    )
    here = visitor_here(referrer="https://partner-secret.example/", said={"cart_total": "250"})
    assert rules_for(widget, here) == [
        {
            "message": message.pk,
            "any": False,
            "if": [
                {"field": "page", "op": "contains", "value": "/checkout"},
                {"field": "page_seconds", "op": "at_least", "value": "60"},
            ],
        }
    ]
    assert rules_for(widget, visitor_here(said={"cart_total": "250"})) == []


@pytest.mark.parametrize(
    ("condition", "known", "is_true"),
    [
        (("visits", "at_least", "3"), {"visits": 3}, True),
        (("visits", "at_least", "3"), {"visits": 2}, False),
        (("visits", "is", "3"), {"visits": 30}, False),
        (("visits", "at_most", "1"), {"visits": 1}, True),
        (("language", "is", "it"), {"language": "it-CH"}, True),
        (("language", "is_not", "it"), {"language": "it-CH"}, False),
        (("language", "is", "zh-hans"), {"language": "zh-CN"}, True),
        (("referrer", "contains", "Search"), {"referrer": "https://search.example/"}, True),
        (("referrer", "is_empty", ""), {}, True),
        (("visitor", "is", "new"), {}, True),
        (("visitor", "is", "new"), {"said": {"user_id": "7"}}, False),
        (("visitor", "is", "known"), {"said": {"email": "a@b.example"}}, True),
        (("named:plan", "is", "Pro"), {"said": {"plan": "pro"}}, True),
        (("named_number:Cart total", "at_least", "200"), {"said": {"cart_total": "200,50"}}, True),
        (("named_number:cart_total", "at_least", "200"), {"said": {"cart_total": "a lot"}}, False),
        (("named_number:cart_total", "at_least", "200"), {}, False),
        (("named:plan", "is_empty", ""), {}, True),
    ],
)
def test_each_condition_of_the_server_can_tell_whom_it_means(widget, make_message, condition, known, is_true):
    make_message(condition)
    assert bool(rules_for(widget, visitor_here(**known))) is is_true


def test_of_any_conditions_one_that_is_true_here_leaves_nothing_to_try(widget, make_message):
    make_message(("visit_page", "contains", "/checkout"), ("visits", "at_least", "3"), match="any")
    [rule] = rules_for(widget, visitor_here(visits=3))
    assert rule["if"] == []
    [rule] = rules_for(widget, visitor_here(visits=1))
    assert [one["field"] for one in rule["if"]] == ["page"]


def test_what_the_team_knows_of_a_contact_counts(widget, make_message):
    message = make_message(("named:plan", "is", "pro"))
    visitor = uuid4()
    contact = find_or_create_contact(VISITOR, str(visitor))
    contact.attributes = {"plan": "pro"}
    contact.save()
    assert ids(rules_for(widget, visitor_here(visitor))) == [message.pk]


def test_only_live_messages_of_this_inbox_are_given_out_in_their_order(widget, make_message):
    now = clock.now()
    second = make_message()
    first = make_message(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    ProactiveMessage.objects.filter(pk=first.pk).update(position=0)
    ProactiveMessage.objects.filter(pk=second.pk).update(position=1)
    make_message(is_active=False)
    make_message(starts_at=now + timedelta(hours=1))
    make_message(ends_at=now - timedelta(hours=1))
    make_message(inbox=make_inbox("webchat"))
    assert ids(rules_for(widget, visitor_here())) == [first.pk, second.pk]


def test_a_message_for_when_the_team_is_there_comes_in_its_hours_with_somebody_at_the_desk(
    widget, make_message
):
    BusinessHours.objects.create(
        name="Days", is_default=True, time_zone="UTC", weekly=[[0, "09:00", "17:00"]], holidays=[]
    )
    monday = datetime(2026, 3, 2, 10, tzinfo=UTC)
    with clock.frozen_at(monday):
        message = make_message(is_for_hours=True)
        assert rules_for(widget, visitor_here()) == []
        note_duty([None])
        assert ids(rules_for(widget, visitor_here())) == [message.pk]
    with clock.frozen_at(monday + timedelta(hours=8)):
        assert rules_for(widget, visitor_here()) == []


def test_a_message_comes_once_and_no_more_than_the_limit_in_24_hours(widget, make_message):
    first, second = make_message(), make_message()
    here, now = visitor_here(), clock.now()
    show_message(first.pk, inbox=widget, here=here, language="en")
    open_message(first.pk, inbox=widget, visitor=UUID(here.visitor))
    assert rules_for(widget, here) == []
    with pytest.raises(NotForThem):
        show_message(second.pk, inbox=widget, here=here, language="en")
    with clock.frozen_at(now + timedelta(hours=25)):
        assert ids(rules_for(widget, here)) == [second.pk]
        with pytest.raises(NotForThem):
            show_message(first.pk, inbox=widget, here=here, language="en")
    ProactiveLimits(pk=ProactiveLimits.ONLY, a_day=2).save()
    assert show_message(second.pk, inbox=widget, here=here, language="en").shown_at


def test_who_closed_one_is_left_in_peace_for_days(widget, make_message):
    first, second = make_message(), make_message()
    here, now = visitor_here(), clock.now()
    show_message(first.pk, inbox=widget, here=here, language="en")
    dismiss_message(first.pk, inbox=widget, visitor=UUID(here.visitor))
    with clock.frozen_at(now + timedelta(days=6)):
        assert rules_for(widget, here) == []
    with clock.frozen_at(now + timedelta(days=8)):
        assert ids(rules_for(widget, here)) == [second.pk]


def test_a_card_stands_on_the_next_page_too_but_not_for_ever(widget, make_message):
    message = make_message(("page_seconds", "at_least", "60"))
    here, now = visitor_here(), clock.now()
    sending = show_message(message.pk, inbox=widget, here=here, language="en")
    assert rules_for(widget, here) == [{"message": message.pk, "stands": True}]
    assert show_message(message.pk, inbox=widget, here=here, language="en") == sending
    with clock.frozen_at(now + timedelta(minutes=31)):
        assert rules_for(widget, here) == []


def test_another_browser_of_the_same_person_does_not_get_it_again(widget, make_message):
    message = make_message()
    one, other = visitor_here(), visitor_here()
    contact = find_or_create_contact(VISITOR, str(UUID(one.visitor)))
    contact.identities.create(kind=VISITOR, value=str(UUID(other.visitor)))
    show_message(message.pk, inbox=widget, here=one, language="en")
    assert rules_for(widget, other) == []
    with pytest.raises(NotForThem):
        show_message(message.pk, inbox=widget, here=other, language="en")


def test_nobody_is_interrupted_in_their_own_conversation(widget, make_message):
    make_message()
    visitor = uuid4()
    customer_writes(widget, sender=Sender(VISITOR, str(visitor)))
    assert rules_for(widget, visitor_here(visitor)) == []


def test_who_is_seen_for_the_first_time_costs_no_query_but_that_for_the_messages(
    widget, make_message, django_assert_num_queries
):
    make_message()
    rules_for(widget, visitor_here())
    with django_assert_num_queries(0):
        assert rules_for(widget, visitor_here(), is_new=True)


def test_what_all_rules_may_ask_of_a_customer_can_be_asked_of_a_visitor(widget, make_message):
    define_attribute("person", "seats", name="", kind="number")
    big = make_message(("person:seats", "more", "50"), ("tickets", "at_least", "1"))
    nobody = make_message(("company", "is_empty", ""))
    visitor = uuid4()
    contact = customer_writes(widget, sender=Sender(VISITOR, str(visitor))).ticket.contact
    Ticket.objects.update(status="closed")
    contact.attributes = {"seats": 60}
    contact.company = Company.objects.create(name="Big")
    contact.save()
    assert ids(rules_for(widget, visitor_here(visitor))) == [big.pk]
    assert ids(rules_for(widget, visitor_here())) == [nobody.pk]


def test_a_condition_of_the_shared_table_is_refused_like_everywhere(make_message):
    with pytest.raises(InvalidRule) as refusal:
        make_message(("open_tickets", "more", "many"))
    assert refusal.value.faults == {"conditions.0": "Write a number, such as 12 or 9.50."}
    with pytest.raises(InvalidRule):
        make_message(("status", "is", "new"))


def test_a_stored_number_that_is_none_never_holds_and_leaves_the_browser_nothing_to_reckon(
    widget, make_message
):
    message = make_message()
    unreadable = line("page_seconds", "at_least", "1e2")
    message.conditions = {"match": "all", "lines": [unreadable]}
    message.save()
    forget_offers()
    assert rules_for(widget, visitor_here()) == []
    message.conditions = {"match": "any", "lines": [unreadable, line("visit_page", "contains", "/pay")]}
    message.save()
    forget_offers()
    [rule] = rules_for(widget, visitor_here())
    assert rule["if"] == [{"field": "page", "op": "contains", "value": "/pay"}]


def test_groups_inside_are_decided_as_far_as_the_server_knows(widget, make_message):
    on_page, on_site = ("visit_page", "contains", "/pay"), ("page_seconds", "at_least", "9,5")
    inner = {"match": "any", "lines": [line(*on_page), line("visits", "at_least", "3")]}
    message = make_message(match="all", text="Need a hand?")
    message.conditions = {"match": "all", "lines": [inner, line(*on_site)]}
    save_message(message)
    forget_offers()
    [rule] = rules_for(widget, visitor_here(visits=3))
    wait = {"field": "page_seconds", "op": "at_least", "value": "9.5"}
    assert rule == {"message": message.pk, "any": False, "if": [wait]}
    [rule] = rules_for(widget, visitor_here(visits=1))
    page = {"field": "page", "op": "contains", "value": "/pay"}
    assert rule["if"] == [{"any": True, "if": [page]}, wait]
    message.conditions = {"match": "any", "lines": [inner | {"match": "all"}, line("visitor", "is", "known")]}
    save_message(message)
    forget_offers()
    assert rules_for(widget, visitor_here(visits=1)) == []
    [rule] = rules_for(widget, visitor_here(visits=1, said={"user_id": "7"}))
    assert (rule["any"], rule["if"]) == (True, [])


def line(field: str, op: str, value: str) -> dict:
    return {"field": field, "op": op, "value": value}
