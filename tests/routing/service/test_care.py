import pytest

from helpdesk.conditions import case_of
from helpdesk.errors import Conflict, InvalidRule
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.marks import OURS, unmark_ticket
from helpdesk.tickets.models import Ticket
from routing.models import CareRule
from routing.service import care
from tests.factories import by, customer_writes, make_agent, make_inbox

pytestmark = pytest.mark.django_db


def marked(text: str, **fields) -> Ticket:
    ticket = customer_writes(fields.pop("inbox", None), text=text, **fields).ticket
    hear(ticket)
    return Ticket.objects.get(pk=ticket.pk)


def hear(ticket: Ticket) -> None:
    for event in Event.objects.filter(ticket=ticket, name__in=care.HEARD).order_by("id"):
        care.mark_by_rules(case_of(event))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("I want to cancel my subscription", "cancel"),
        ("Vorrei la disdetta del contratto", "cancel"),
        ("Vreau rezilierea", "cancel"),
        ("我要取消订阅", "cancel"),
        ("Can I upgrade to more seats?", "upgrade"),
        ("I was charged twice in May", "billing"),
        ("Sentirà il mio avvocato", "legal"),
    ],
)
def test_sensitive_matters_are_found_in_every_language(text, mark):
    ticket = marked(text)
    assert ticket.marks == [mark] and care.is_left_to_people(ticket)
    with pytest.raises(Conflict, match=str(OURS[mark])):
        care.refuse_machines(ticket)


def test_a_plain_question_is_nobodys_care():
    ticket = marked("Where is my parcel?")
    assert ticket.marks == [] and not care.is_left_to_people(ticket)
    care.refuse_machines(ticket)


def test_the_word_that_was_found_is_told_also_where_it_stands_late_in_a_long_mail(names_of):
    ticket = marked("Good morning. " * 60 + "I was overcharged.")
    fact = Event.objects.get(ticket=ticket, name=names.TICKET_MARKED)
    assert fact.data == {"marks": ["billing"], "why": "overcharged"}
    hear(ticket)
    assert names_of(ticket).count(names.TICKET_MARKED) == 1


def test_what_a_machine_wrote_marks_nothing_though_it_opens_the_ticket():
    ticket = marked("You can cancel my subscription here, says the footer", is_automatic=True)
    assert ticket.marks == []


def test_a_mark_that_somebody_took_off_stays_off():
    inbox = make_inbox("webchat")
    ticket = marked("cancellation please", inbox=inbox)
    unmark_ticket(ticket, marks=["cancel"], by=by(make_agent()))
    assert marked("I said cancellation!", inbox=inbox).marks == []


def test_a_rule_of_ours_is_changed_by_a_row_and_forgotten_by_its_deletion():
    rule = care.find_rule("legal")
    rule.leaves_to_people = False
    rule.conditions = {"match": "all", "lines": [care.line("subject", "contains_any", "solicitor")]}
    care.save_rule(rule, was="legal")
    ticket = marked("x", subject="My solicitor writes")
    assert ticket.marks == ["legal"] and not care.is_left_to_people(ticket)
    assert [each.mark for each in care.care_rules()] == [each.mark for each in care.SHIPPED]
    care.forget_rule(care.find_rule("legal"))
    assert care.find_rule("legal").leaves_to_people and not CareRule.objects.exists()


def test_the_teams_own_marks_stand_behind_ours():
    lines = [care.line("text", "contains_any", "press, journalist")]
    care.save_rule(CareRule(mark="Press", conditions={"match": "all", "lines": lines}))
    assert care.care_rules()[-1].mark == "press"
    assert marked("I am a journalist").marks == ["press"]
    with pytest.raises(InvalidRule):
        care.save_rule(CareRule(mark="press", conditions={"match": "all", "lines": lines}))
    with pytest.raises(InvalidRule):
        care.save_rule(CareRule(mark="everything", conditions={}))


def test_new_customers_are_marked_only_where_the_team_wants_it():
    assert marked("Hello").marks == []
    care.switch_rule("new", is_active=True)
    assert marked("Hello", email="fresh@customer.example").marks == ["new"]
