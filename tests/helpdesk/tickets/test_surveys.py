import pytest
from django.test import Client

from helpdesk.errors import Invalid
from helpdesk.events.actor import Actor
from helpdesk.events.models import Event
from helpdesk.tickets import surveys
from helpdesk.tickets.actions import close_ticket, reopen_ticket
from helpdesk.tickets.models import Survey
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(outbox):
    alice, ticket = make_agent("Alice"), make_ticket()
    reply(ticket, "Done.", by=by(alice))
    return close_ticket(ticket, by=by(alice))


def close_event(ticket):
    return Event.objects.filter(ticket=ticket, name="ticket.closed").latest("id")


def test_closing_asks_once_however_often_it_is_told(closed):
    for _ in range(3):
        surveys.on_event(close_event(closed))
    survey = Survey.objects.get()
    assert survey.agent.name == "Alice"
    assert survey.message.is_automatic
    assert all(f"/{score}/" in survey.message.text for score in range(1, 6))


def test_a_ticket_that_was_opened_again_is_not_asked_about(closed):
    reopen_ticket(closed, by=Actor("system"))
    surveys.on_event(close_event(closed))
    assert not Survey.objects.exists()


def test_a_ticket_nobody_answered_is_not_asked_about():
    ticket = close_ticket(make_ticket(), by=Actor("system"))
    surveys.on_event(close_event(ticket))
    assert not Survey.objects.exists()


def test_the_last_rating_wins_and_keeps_the_comment(closed):
    survey = surveys.send_survey(close_event(closed))
    customer = Actor.customer(closed.contact)
    surveys.rate_ticket(survey, score=2, comment="slow", by=customer)
    survey = surveys.rate_ticket(survey, score=5, by=customer)
    surveys.rate_ticket(survey, score=5, by=customer)
    assert (survey.score, survey.comment) == (5, "slow")
    assert [e.value for e in Event.objects.filter(name="survey.rated").order_by("id")] == [2, 5]


def test_a_score_out_of_range_is_refused(closed):
    survey = surveys.send_survey(close_event(closed))
    with pytest.raises(Invalid):
        surveys.rate_ticket(survey, score=6, by=Actor("customer"))


def test_a_scanner_that_only_fetches_the_link_rates_nothing_and_a_click_does(closed):
    survey = surveys.send_survey(close_event(closed))
    path = surveys.survey_url(survey, 5).removeprefix("http://testserver")
    browser = Client()
    assert browser.get(path).status_code == 200
    survey.refresh_from_db()
    assert survey.score is None
    assert browser.post(path, {"comment": "Great!"}).status_code == 200
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (5, "Great!")


def test_a_forged_link_shows_nothing(closed):
    assert Client().get("/rate/forged:token/5/").status_code == 404
