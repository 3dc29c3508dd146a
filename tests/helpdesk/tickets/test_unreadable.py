"""What can't be read is a ticket all the same, and becomes the customer's own when it can."""

from datetime import timedelta

import pytest

from funnel.sessions.reading import read_history
from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Reading, Unreadable
from helpdesk.inboxes.models import RawMessage
from helpdesk.inboxes.report import inbound_report
from helpdesk.notices.models import Notice
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.raw import MOST_ATTEMPTS, replay_raw, store_raw
from helpdesk.tickets.unreadable import FLOOD
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, handle_raw, inbound, make_admin, make_agent, make_inbox

pytestmark = pytest.mark.django_db
MAIL = "From: Carla Verdi <carla@customer.example>\r\nSubject: The invoice\r\n\r\nHello"


def read_by_mood(raw: RawMessage) -> Reading:
    """A reader for these tests: the inbox's option `mood` says what it makes of every mail."""
    mood = raw.inbox.options.get("mood", "confused")
    if mood == "confused":
        raise Unreadable("more than 1000 parts")
    if mood == "broken":
        raise ZeroDivisionError
    if mood == "machine":
        return Reading(outcome="ignored", reason="Automatic answer: vacation")
    words = {"text": "The invoice is wrong.", "subject": "The invoice", "external_id": f"{raw.digest}@x"}
    return Reading(message=inbound(raw.inbox, **words))


@pytest.fixture(autouse=True)
def reader(settings):
    settings.JOBS_INLINE = True
    settings.RAW_READERS = {"email": f"{__name__}.read_by_mood", "telegram": f"{__name__}.read_by_mood"}


@pytest.fixture
def inbox():
    return make_inbox(address="support@example.com", name="Shop")


def came_in(inbox, text=MAIL, **fields):
    raw = store_raw(text.encode(), inbox=inbox, door="smtp", **fields)
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw


def in_mood(inbox, mood):
    inbox.options = {"mood": mood}
    inbox.save()


def test_it_is_a_ticket_of_its_sender_with_the_reason_and_the_raw_mail(inbox):
    raw = came_in(inbox)
    ticket, note = raw.ticket, raw.message
    assert raw.outcome == "quarantined"
    assert (ticket.subject, str(ticket.contact)) == ("Could not be read: The invoice", "Carla Verdi")
    assert (ticket.contact.email, ticket.status) == ("carla@customer.example", "new")
    assert (note.kind, note.text) == ("note", "more than 1000 parts")
    file = note.attachments.get()
    assert (file.name, file.content_type, file.file.read()) == (
        "The invoice.eml",
        "message/rfc822",
        MAIL.encode(),
    )


def test_its_subject_speaks_the_inbox_s_language(inbox):
    inbox.language = "it"
    inbox.save()
    with_words = Ticket.objects.get(pk=came_in(inbox).ticket_id).subject
    assert with_words.endswith("The invoice")
    nobody = came_in(inbox, "\x00\x01 nothing that looks like a mail").ticket
    assert nobody.contact.email == f"unreadable-{inbox.pk}@unknown.invalid"


def test_admins_are_told_once_and_agents_are_not(inbox):
    admin, _agent = make_admin(), make_agent()
    raw = came_in(inbox)
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.url) == (admin, "unreadable", f"/desk/tickets/{raw.ticket_id}/")
    assert notice.ticket_id == raw.ticket_id, "who opens the ticket has read it, and it goes with the ticket"
    replay_raw(raw, by=SYSTEM)
    assert Notice.objects.count() == 1


def test_the_envelope_s_sender_counts_where_the_header_names_none(inbox):
    raw = came_in(inbox, "Subject: hi\r\n\r\nx", sender="carla@customer.example")
    assert raw.ticket.contact.email == "carla@customer.example"


@pytest.mark.parametrize(
    "head", ["From: " + "a" * 100_000, "From: \udcff<>@@", "From:\r\n\t\r\n\t\r\n", "\r\n\r\nFrom x", ""]
)
def test_a_header_that_makes_no_sense_is_an_unknown_sender(inbox, head):
    raw = store_raw(head.encode("utf-8", "surrogateescape"), inbox=inbox, door="smtp")
    handle_raw(raw.pk)
    raw.refresh_from_db()
    assert raw.ticket.contact.name == "Unknown sender"


def test_read_again_it_is_the_customer_s_own_ticket_and_the_note_stays(inbox, outbox):
    came_at = clock.now() - timedelta(hours=2)
    raw = came_in(inbox, received_at=came_at)
    ticket, note = raw.ticket, raw.message
    in_mood(inbox, "well")
    raw = replay_raw(raw, by=SYSTEM)
    ticket.refresh_from_db()
    assert (raw.outcome, raw.ticket) == ("created", ticket)
    assert raw.message.text == "The invoice is wrong."
    assert (ticket.subject, ticket.attributes, ticket.contact.name) == ("The invoice", {}, "Carla Verdi")
    assert ticket.first_asked_at == ticket.queued_at == ticket.waiting_since == came_at
    assert list(ticket.messages.order_by("pk")) == [note, raw.message]
    assert Ticket.objects.count() == 1


def test_replayed_twice_it_is_there_once(inbox):
    raw = came_in(inbox)
    in_mood(inbox, "well")
    replay_raw(raw, by=SYSTEM)
    again = replay_raw(raw, by=SYSTEM)
    assert again.outcome == "created"
    assert Message.objects.filter(kind="incoming").count() == 1


def test_a_replay_that_fails_as_well_changes_nothing(inbox):
    raw = came_in(inbox)
    again = replay_raw(raw, by=SYSTEM)
    assert (again.outcome, again.ticket, again.message) == ("quarantined", raw.ticket, raw.message)
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 1)


def test_a_replay_that_meets_a_fault_of_ours_waits_for_the_sweep_and_ends_on_the_same_ticket(inbox):
    raw = came_in(inbox)
    in_mood(inbox, "broken")
    assert replay_raw(raw, by=SYSTEM, patience=0).outcome == "pending"
    for _ in range(MOST_ATTEMPTS - 2):  # it counts as begun, and was begun
        with pytest.raises(ZeroDivisionError):
            handle_raw(raw.pk)
    handle_raw(raw.pk)
    raw.refresh_from_db()
    assert (raw.outcome, Ticket.objects.count()) == ("quarantined", 1)


def test_what_turns_out_to_be_machine_mail_closes_its_ticket_with_the_reason(inbox, names_of):
    raw = came_in(inbox)
    in_mood(inbox, "machine")
    raw = replay_raw(raw, by=by(make_agent()))
    raw.ticket.refresh_from_db()
    assert (raw.outcome, raw.ticket.status) == ("ignored", "closed")
    read = Event.objects.get(name="inbound.read")
    assert (read.actor_name, read.data["reason"]) == ("Alice", "Automatic answer: vacation")
    assert names_of(raw.ticket) == ["inbound.quarantined", "inbound.read", "ticket.closed"]


def test_a_copy_that_came_by_another_way_meanwhile_is_a_duplicate(inbox):
    raw = came_in(inbox)
    placeholder = raw.ticket
    known = customer_writes(
        inbox, "The invoice is wrong.", subject="The invoice", external_id=f"{raw.digest}@x"
    )
    in_mood(inbox, "well")
    again = replay_raw(raw, by=SYSTEM)
    placeholder.refresh_from_db()
    assert (again.outcome, again.message) == ("duplicate", known.message)
    assert placeholder.status == "closed"


def test_a_placeholder_closed_meanwhile_opens_again_when_it_is_read(inbox):
    raw = came_in(inbox)
    close_ticket(raw.ticket, by=by(make_agent()))
    in_mood(inbox, "well")
    raw = replay_raw(raw, by=SYSTEM)
    raw.ticket.refresh_from_db()
    assert (raw.outcome, raw.ticket.status) == ("created", "open")


def test_nothing_automatic_answers_it_and_no_survey_follows(inbox, outbox):
    raw = came_in(inbox)
    reply(raw.ticket, "We could not read your mail.", by=by(make_agent()))
    close_ticket(raw.ticket, by=by(make_agent()))
    assert send_survey(Event.objects.get(name="ticket.closed")) is None
    assert not Survey.objects.exists()
    assert not Event.objects.filter(name__in=["ticket.created", "message.received"]).exists()


def test_the_funnel_knows_nothing_of_it_until_it_is_read(inbox, outbox):
    came_at = clock.now() - timedelta(hours=2)
    raw = came_in(inbox, received_at=came_at)
    history = read_history(now=clock.now())
    assert (history.sessions, history.conversations) == ([], [])
    in_mood(inbox, "well")
    replay_raw(raw, by=SYSTEM)
    reply(raw.ticket, "You are right.", by=by(make_agent()))
    history = read_history(now=clock.now())
    conversation = history.conversations[0]
    assert (len(history.sessions), conversation.started_by, conversation.started_at) == (
        1,
        "customer",
        came_at,
    )
    assert 7200 <= conversation.first_response < 7260, "they waited since the mail came in"


def test_a_flood_of_one_sender_goes_onto_one_ticket(inbox):
    other = came_in(inbox, MAIL.replace("carla", "dana")).ticket
    raws = [came_in(inbox, f"{MAIL} {number}") for number in range(FLOOD + 5)]
    tickets = [raw.ticket_id for raw in raws]
    assert len(set(tickets)) == FLOOD
    assert set(tickets[FLOOD:]) == {tickets[FLOOD - 1]} and other.pk not in tickets
    assert Message.objects.filter(ticket=tickets[-1]).count() == 6
    in_mood(inbox, "machine")
    replay_raw(raws[-1], by=SYSTEM)
    last = Ticket.objects.get(pk=tickets[-1])
    assert last.status == "new", "the others still wait there"


def test_the_same_bytes_once_more_are_a_duplicate_of_what_waits(inbox):
    first, again = came_in(inbox), came_in(inbox)
    assert (again.outcome, again.ticket, again.message) == ("duplicate", first.ticket, first.message)
    assert (Ticket.objects.count(), Message.objects.count(), Notice.objects.count()) == (1, 1, 0)
    assert inbound_report()["received"] == 2


def test_the_report_still_sums(inbox):
    came_in(inbox)
    report = inbound_report()
    assert (report["received"], report["quarantined"]) == (1, 1)


def test_a_channel_that_can_tell_nothing_of_its_senders_keeps_it_under_settings_only():
    raw = came_in(make_inbox("telegram"), "{")
    assert (raw.outcome, raw.ticket) == ("quarantined", None)


def test_a_ticket_on_which_the_customer_has_written_since_does_not_close_when_the_mail_was_a_machine_s(
    inbox, outbox
):
    raw = came_in(inbox)
    reply(raw.ticket, "We can't read your mail. What is it?", by=by(make_agent()))
    customer_writes(inbox, "My invoice is wrong.", ticket_id=raw.ticket_id)
    in_mood(inbox, "machine")
    assert replay_raw(raw, by=SYSTEM).outcome == "ignored"
    raw.ticket.refresh_from_db()
    assert raw.ticket.status == "open"


def test_no_conversation_is_merged_into_it_while_it_goes_into_one(inbox, names_of):
    raw = came_in(inbox)
    ticket = customer_writes(inbox, "Did you get my mail?").ticket
    with pytest.raises(Invalid):
        merge_tickets(raw.ticket, ticket, by=by(make_agent()))
    merge_tickets(ticket, raw.ticket, by=by(make_agent("Bob")))
    in_mood(inbox, "well")
    raw = replay_raw(raw, by=SYSTEM)
    assert (raw.outcome, raw.ticket) == ("appended", ticket)
    assert names_of(ticket).count("ticket.created") == 1


def test_two_of_them_become_one_ticket_that_begins_once(inbox, names_of):
    first, second = came_in(inbox), came_in(inbox, f"{MAIL} again")
    merge_tickets(first.ticket, second.ticket, by=by(make_agent()))
    in_mood(inbox, "well")
    outcomes = [replay_raw(raw, by=SYSTEM).outcome for raw in (second, first)]
    assert outcomes == ["created", "appended"]
    assert names_of(first.ticket).count("ticket.created") == 1
    assert first.ticket.messages.filter(kind="incoming").count() == 2
