from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.tickets import surveys
from helpdesk.tickets.actions import close_ticket, reopen_ticket, trash_ticket
from helpdesk.tickets.asking_surveys import on_event, send_survey
from helpdesk.tickets.delivery import deliver
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
        on_event(close_event(closed))
    survey = Survey.objects.get()
    assert survey.agent.name == "Alice"
    assert survey.message.is_automatic
    assert all(f"/{score}/" in survey.message.text for score in range(1, 6))


def test_a_ticket_that_was_opened_again_is_not_asked_about(closed):
    reopen_ticket(closed, by=Actor("system"))
    on_event(close_event(closed))
    assert not Survey.objects.exists()


def test_a_ticket_nobody_answered_is_not_asked_about():
    ticket = close_ticket(make_ticket(), by=Actor("system"))
    on_event(close_event(ticket))
    assert not Survey.objects.exists()


def test_nobody_is_asked_about_a_ticket_in_the_trash(closed):
    trash_ticket(closed, by=SYSTEM)
    on_event(close_event(closed))
    assert not Survey.objects.exists()


def test_the_last_rating_wins_and_keeps_the_comment(closed):
    survey = send_survey(close_event(closed))
    customer = Actor.customer(closed.contact)
    surveys.rate_ticket(survey, score=2, comment="slow", by=customer)
    survey = surveys.rate_ticket(survey, score=5, by=customer)
    surveys.rate_ticket(survey, score=5, by=customer)
    assert (survey.score, survey.comment) == (5, "slow")
    assert [e.value for e in Event.objects.filter(name="survey.rated").order_by("id")] == [2, 5]


def test_a_score_out_of_range_is_refused(closed):
    survey = send_survey(close_event(closed))
    with pytest.raises(Invalid):
        surveys.rate_ticket(survey, score=6, by=Actor("customer"))


def test_a_scanner_that_only_fetches_the_link_rates_nothing_and_a_click_does(closed):
    survey = send_survey(close_event(closed))
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


def test_a_ticket_closed_while_its_answer_could_be_taken_back_asks_once_that_is_out(outbox):
    ticket = make_ticket()
    answer = reply(ticket, "Done.", by=by(make_agent()), undo_seconds=10)
    close_ticket(ticket, by=by(make_agent("Ben")))
    on_event(Event.objects.get(name="ticket.closed"))
    assert not Survey.objects.exists(), "nobody has answered yet"
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        deliver(answer.pk)
    for _again in range(2):
        on_event(Event.objects.get(name="message.replied"))
    assert Survey.objects.get().message.text


def unsubscribing(customer) -> str:
    return urlsplit(surveys.unsubscribe_url(customer)).path


def test_a_mail_program_ends_surveys_by_one_post_without_cookie_or_redirect(outbox):
    ticket = make_ticket()
    path = unsubscribing(ticket.contact)
    program = Client(enforce_csrf_checks=True)
    answer = program.post(path, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    reply(ticket, "Done.", by=by(make_agent()))
    close_ticket(ticket, by=SYSTEM)
    assert send_survey(Event.objects.get(name="ticket.closed")) is None
    assert program.post(path).status_code == 200, "twice is harmless"


def test_a_scanner_that_only_fetches_the_link_ends_nothing(client):
    ticket = make_ticket()
    page = client.get(unsubscribing(ticket.contact))
    ticket.contact.refresh_from_db()
    assert '<form method="post"' in page.content.decode()
    assert "no_surveys" not in ticket.contact.attributes


def test_a_forged_way_out_leads_nowhere(client):
    ticket = make_ticket()
    path = unsubscribing(ticket.contact)
    assert client.post(path[:-3] + "xx/").status_code == 404
    assert client.get("/unsubscribe/nonsense/").status_code == 404
