"""A survey that a chat's visitor has left unseen goes by mail, once."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.connectors.email.compose import compose_mail
from helpdesk.connectors.webchat import conversation
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.presence import note_presence
from helpdesk.tickets.actions import close_ticket, reopen_ticket
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.copies import SETTLES
from helpdesk.tickets.left_surveys import WITHIN, mail_left_surveys
from helpdesk.tickets.models import Message, Survey
from helpdesk.tickets.outcomes import note_delivery_state
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent, make_inbox
from tests.helpdesk.tickets.test_copies import ADDRESS, chat, mail, visitor_asks

pytestmark = pytest.mark.django_db
__all__ = ["chat", "mail"]  # fixtures


@pytest.fixture
def asked(chat, mail):
    """asked(): a chat that was closed a minute ago, with its survey in the widget."""

    def ask(**who) -> Survey:
        alice, ticket = make_agent("Alice"), visitor_asks(chat, **who)
        reply(ticket, "Yes, it is.", by=by(alice))
        then = clock.now() - SETTLES - timedelta(seconds=40)
        with clock.frozen_at(then):
            close_ticket(ticket, by=by(alice))
            survey = send_survey(Event.objects.get(ticket=ticket, name="ticket.closed"))
        Message.objects.filter(pk=survey.message_id).update(state="sent")
        survey.visitor = ticket.visitor
        return survey

    return ask


def thread_of(survey):
    return conversation.overview(Visit(survey.ticket.inbox, survey.visitor, "en"))["messages"]


def test_who_has_left_is_asked_by_mail_once_and_no_more_in_the_widget(asked, mail):
    survey = asked()
    assert len(thread_of(survey)) == 3
    assert (mail_left_surveys(), mail_left_surveys()) == (1, 0)
    survey = Survey.objects.select_related("message").get()
    message = survey.message
    assert (survey.channel, message.inbox, message.to, message.state) == ("email", mail, [ADDRESS], "queued")
    assert [row.address for row in message.deliveries.all()] == [ADDRESS]
    assert Event.objects.filter(name=names.SURVEY_SENT).count() == 1
    assert Event.objects.get(name=names.MESSAGE_MAILED).data == {
        "message": message.pk,
        "messages": [message.pk],
    }


def test_it_is_a_mail_with_the_scores_to_click_and_a_way_out(asked):
    asked()
    mail_left_surveys()
    mail = compose_mail(Survey.objects.get().message)
    assert "List-Unsubscribe" in str(mail.message()) and "/5/" in str(mail.message())


def test_who_is_still_on_the_site_or_has_seen_it_is_asked_there_alone(asked):
    here, saw = asked(), asked(email="leo@customer.example")
    note_presence(here.visitor)
    note_delivery_state(saw.message, Message.State.READ)
    assert mail_left_surveys() == 0
    with clock.frozen_at(clock.now() + WITHIN):
        assert mail_left_surveys() == 0


def test_who_left_no_address_was_banned_everywhere_or_asks_again_gets_no_mail(asked):
    asked(email="")
    banned, again = asked(email="leo@customer.example"), asked(email="ida@customer.example")
    banned.ticket.contact.is_blocked = True
    banned.ticket.contact.save()
    reopen_ticket(again.ticket, by=by(make_agent("Bob")))
    assert mail_left_surveys() == 0


def test_an_inbox_that_mails_nothing_mails_no_surveys(asked, chat):
    chat.options |= {"mails_unread_after": 0}
    chat.save()
    asked()
    assert mail_left_surveys() == 0


def test_what_a_sleeping_page_still_shows_may_be_rated_there(asked):
    survey = asked()
    mail_left_surveys()
    visit = Visit(survey.ticket.inbox, survey.visitor, "en")
    assert conversation.rate(visit, survey.message_id, score=4, comment="").survey.score == 4
    assert len(thread_of(survey)) == 2


def test_surveys_of_tickets_by_mail_are_left_alone(chat, mail, asked):
    survey = asked()
    Message.objects.filter(pk=survey.message_id).update(channel="email", inbox=make_inbox())
    assert mail_left_surveys() == 0
