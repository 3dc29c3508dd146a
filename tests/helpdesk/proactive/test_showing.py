"""What is shown is kept as it was read, and each fact of it is in the ledger once."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.desk.timeline import timeline_of
from helpdesk.errors import NotThere
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.people.models import ContactIdentity
from helpdesk.proactive.answers import on_event
from helpdesk.proactive.audience import rules_for
from helpdesk.proactive.figures import figures_of, with_figures
from helpdesk.proactive.models import ProactiveMessage, ProactiveSending
from helpdesk.proactive.saving import delete_message
from helpdesk.proactive.showing import (
    NotForThem,
    click_message,
    dismiss_message,
    open_message,
    show_message,
)
from tests.factories import customer_writes, make_agent
from tests.helpdesk.proactive.conftest import visitor_here

pytestmark = pytest.mark.django_db


def facts() -> list[tuple]:
    rows = Event.objects.filter(name__startswith="proactive.").order_by("id")
    return [(row.name, row.visitor, row.data["message"]) for row in rows]


def test_each_step_is_told_once_however_often_it_is_said(widget, make_message):
    message, here = make_message(sender=make_agent("Dana")), visitor_here()
    visitor = UUID(here.visitor)
    for _ in range(2):
        show_message(message.pk, inbox=widget, here=here, language="en")
    for _ in range(2):
        open_message(message.pk, inbox=widget, visitor=visitor)
        click_message(message.pk, inbox=widget, visitor=visitor)
        dismiss_message(message.pk, inbox=widget, visitor=visitor)
    sent, opened, clicked = names.PROACTIVE_SENT, names.PROACTIVE_OPENED, names.PROACTIVE_CLICKED
    assert facts() == [(name, visitor, message.pk) for name in (sent, opened, clicked)]
    assert set(Event.objects.values_list("channel", flat=True)) == {"webchat"}
    sending = ProactiveSending.objects.get()
    assert sending.author == "Dana" and sending.opened_at and sending.clicked_at and sending.dismissed_at


def test_what_is_at_hand_of_a_visitor_is_forgotten_with_each_step(
    widget, make_message, django_capture_on_commit_callbacks
):
    message, here = make_message(), visitor_here()
    assert rules_for(widget, here)
    with django_capture_on_commit_callbacks(execute=True):
        show_message(message.pk, inbox=widget, here=here, language="en")
    assert rules_for(widget, here) == [{"message": message.pk, "stands": True}]
    with django_capture_on_commit_callbacks(execute=True):
        dismiss_message(message.pk, inbox=widget, visitor=UUID(here.visitor))
    assert rules_for(widget, here) == []


def test_what_was_never_shown_can_t_be_opened(widget, make_message):
    message = make_message()
    for act in (open_message, click_message, dismiss_message):
        with pytest.raises(NotThere):
            act(message.pk, inbox=widget, visitor=uuid4())
    assert facts() == []


def test_a_visitor_reads_it_in_their_language_and_keeps_what_they_have_read(widget, make_message):
    message, here = make_message(texts={"it": "Possiamo aiutare?"}), visitor_here()
    sending = show_message(message.pk, inbox=widget, here=here, language="it")
    message.texts = {}
    message.save()
    sending.refresh_from_db()
    assert sending.text == "Possiamo aiutare?"
    other = show_message(message.pk, inbox=widget, here=visitor_here(), language="ro")
    assert other.text == "May we help?"
    delete_message(message)
    assert ProactiveSending.objects.filter(text="Possiamo aiutare?", message=None).exists()


def test_a_message_that_is_paused_meanwhile_is_not_shown(widget, make_message):
    message = make_message()
    ProactiveMessage.objects.update(is_active=False)  # by another process: here the rules are still at hand
    with pytest.raises(NotForThem):
        show_message(message.pk, inbox=widget, here=visitor_here(), language="en")


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_get_one_of_two_messages(widget, make_message):
    messages, here, outcomes = [make_message(), make_message()], visitor_here(), []
    together = Barrier(2)

    def ask(message: ProactiveMessage) -> None:
        together.wait()
        try:
            outcomes.append(show_message(message.pk, inbox=widget, here=here, language="en").pk)
        except NotForThem:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=[message]) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(None) == 1
    assert ProactiveSending.objects.count() == len(facts()) == 1


def answer(widget, visitor: UUID, text: str = "Yes, the card is refused"):
    receipt = customer_writes(widget, text, sender=Sender(ContactIdentity.Kind.VISITOR, str(visitor)))
    event = Event.objects.filter(name=names.MESSAGE_RECEIVED, ticket=receipt.ticket).latest("id")
    for _ in range(2):  # a listener may be told twice
        on_event(event)
    return receipt.ticket


def test_who_writes_after_opening_it_has_answered_it_once(widget, make_message):
    message, here = make_message(), visitor_here()
    visitor = UUID(here.visitor)
    show_message(message.pk, inbox=widget, here=here, language="en")
    open_message(message.pk, inbox=widget, visitor=visitor)
    ticket = answer(widget, visitor)
    answer(widget, visitor, "And the address is wrong")
    sending = ProactiveSending.objects.get()
    assert (sending.ticket, sending.contact) == (ticket, ticket.contact)
    [replied] = Event.objects.filter(name=names.PROACTIVE_REPLIED)
    assert (replied.ticket, replied.contact, replied.visitor) == (ticket, ticket.contact, visitor)
    assert (replied.data["message"], replied.data["text"]) == (message.pk, "May we help?")
    assert replied.occurred_at == sending.answered_at


def test_an_id_of_another_source_among_their_identities_is_no_browser(widget, make_message):
    message, here = make_message(), visitor_here()
    visitor = UUID(here.visitor)
    ticket = answer(widget, visitor, "Hello")
    ContactIdentity.objects.create(contact=ticket.contact, kind="visitor", value="crm:42")
    other = visitor_here()
    ContactIdentity.objects.create(contact=ticket.contact, kind="visitor", value=str(UUID(other.visitor)))
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        show_message(message.pk, inbox=widget, here=other, language="en")
        open_message(message.pk, inbox=widget, visitor=UUID(other.visitor))
        answer(widget, UUID(other.visitor))
    assert ProactiveSending.objects.get().answered_at


def test_who_has_not_opened_it_or_writes_a_day_later_has_not_answered_it(widget, make_message):
    message, here, other = make_message(), visitor_here(), visitor_here()
    for each in (here, other):
        show_message(message.pk, inbox=widget, here=each, language="en")
    answer(widget, UUID(here.visitor))
    open_message(message.pk, inbox=widget, visitor=UUID(other.visitor))
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        answer(widget, UUID(other.visitor))
    assert not Event.objects.filter(name=names.PROACTIVE_REPLIED).exists()


def test_the_figures_of_the_last_days_are_shares_of_what_was_sent(widget, make_message):
    message = make_message()
    with clock.frozen_at(clock.now() - timedelta(days=31)):
        show_message(message.pk, inbox=widget, here=visitor_here(), language="en")
    visitors = [visitor_here() for _ in range(8)]
    for here in visitors:
        show_message(message.pk, inbox=widget, here=here, language="en")
    for here in visitors[:3]:
        open_message(message.pk, inbox=widget, visitor=UUID(here.visitor))
    answer(widget, UUID(visitors[0].visitor))
    figures = figures_of(with_figures(ProactiveMessage.objects.all()).get())
    assert (figures.sent, figures.opened, figures.answered) == (8, 3, 1)
    assert (figures.opened_rate, figures.answered_rate) == (37.5, 12.5)
    unsent = figures_of(with_figures(ProactiveMessage.objects.filter(pk=make_message().pk)).get())
    assert unsent.opened_rate is None


def test_the_desk_s_timeline_says_what_they_had_read_before_they_wrote(widget, make_message):
    message, here = make_message(text="Is anything\nin the way?"), visitor_here()
    visitor, now = UUID(here.visitor), clock.now()
    show_message(message.pk, inbox=widget, here=here, language="en")
    open_message(message.pk, inbox=widget, visitor=visitor)
    with clock.frozen_at(now + timedelta(minutes=2)):
        ticket = answer(widget, visitor)
    entries = [entry for _day, some in timeline_of(ticket).days for entry in some]  # it may be midnight
    line, written = entries[:2]
    assert "opened our message “Is anything in the way?” and then wrote" in line.text
    assert written.text == "Yes, the card is refused"
    assert line.at < written.created_at
