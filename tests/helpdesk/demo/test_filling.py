from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from helpdesk import clock
from helpdesk.demo.filling import fill_demo
from helpdesk.demo.history import fill_history
from helpdesk.demo.people import fill_people
from helpdesk.events.models import Event
from helpdesk.people.models import User
from helpdesk.tickets.durations import business_seconds
from helpdesk.tickets.models import Message, Survey, Ticket
from tests.factories import make_agent, make_department

pytestmark = pytest.mark.django_db
FILLERS = ["tests.helpdesk.demo.test_filling.fill_departments", "helpdesk.demo.people.fill_people"]


def fill_departments() -> None:
    for name in ("Support", "Billing", "Shipping"):
        make_department(name)


def fail() -> None:
    raise RuntimeError("the power went out")


@pytest.fixture
def history():
    fill_departments()
    fill_people()
    fill_history(240)


def test_the_demo_is_filled_once(settings):
    settings.DEMO_FILLERS = FILLERS
    assert fill_demo() == "The demo workspace is filled."
    assert fill_demo() == "The demo workspace is there already."
    assert User.objects.count() == 3


def test_a_crash_on_the_way_leaves_nothing(settings):
    settings.DEMO_FILLERS = [*FILLERS, "tests.helpdesk.demo.test_filling.fail"]
    with pytest.raises(RuntimeError):
        fill_demo()
    assert not User.objects.exists()
    settings.DEMO_FILLERS = FILLERS
    assert fill_demo() == "The demo workspace is filled."


def test_a_helpdesk_in_use_is_left_alone(settings):
    settings.DEMO_FILLERS = FILLERS
    make_agent()
    assert "in use" in fill_demo()
    assert User.objects.count() == 1


def test_the_command_is_refused_without_demo():
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("fill_demo")


def test_the_whole_demo_fills_and_every_screen_has_something():
    fill_demo()
    assert Ticket.objects.count() > 2500
    for event in Event.objects.filter(name="ticket.closed").select_related("ticket")[:200]:
        span = (event.ticket.first_asked_at, event.occurred_at, event.department_id)
        assert event.business_value == business_seconds(*span)
    assert set(Event.objects.values_list("name", flat=True)) >= {
        "article.viewed",
        "survey.rated",
        "ticket.closed",
    }


def test_the_logins_of_the_contract_work(client, history):
    for email in ("admin@example.com", "agent@example.com", "agent2@example.com"):
        assert client.login(username=email, password="demo-helpdesk")
    assert User.objects.get(email="admin@example.com").is_admin
    assert User.objects.get(email="agent2@example.com").departments.count() == 2


def test_history_ends_now_and_lies_in_order(history):
    assert not Message.objects.filter(created_at__gt=clock.now()).exists()
    assert Ticket.objects.filter(created_at__lt=clock.now() - timedelta(days=300)).exists()
    moments = list(Event.objects.order_by("id").values_list("occurred_at", flat=True))
    assert moments == sorted(moments)
    assert not Event.objects.filter(told_at=None).exists()
    assert not Event.objects.exclude(recorded_at=F("occurred_at")).exists()


def test_the_working_views_have_something_of_everything(history):
    awake = Ticket.objects.awake()
    assert 34 <= awake.count() <= 44
    for user in User.objects.all():
        assert awake.assigned_to(user).exists()
    assert awake.unassigned().waiting().count() >= 8
    assert Ticket.objects.snoozed().count() == 2
    assert set(awake.values_list("status", flat=True)) == {"new", "open", "pending", "on_hold"}
    assert Ticket.objects.spam().exists()


def test_facts_name_the_rows_they_speak_of(history):
    for event in Event.objects.filter(name__startswith="message."):
        assert Message.objects.filter(pk=event.data["message"], ticket=event.ticket_id).exists()
    for survey in Survey.objects.select_related("close_event"):
        assert survey.close_event.name == "ticket.closed"
        assert survey.close_event.ticket_id == survey.ticket_id == survey.message.ticket_id
        assert "/rate/" in survey.message.text


def test_a_closed_ticket_closed_when_its_last_closing_says(history):
    for ticket in Ticket.objects.finished():
        last = ticket.events.filter(name="ticket.closed").order_by("-id").first()
        assert ticket.closed_at == last.occurred_at
        assert last.value == int((last.occurred_at - ticket.first_asked_at).total_seconds())
        assert ticket.waiting_since is None
