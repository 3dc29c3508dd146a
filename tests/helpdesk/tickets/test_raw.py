import pytest

from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Reading, Unreadable
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets import raw as raws
from helpdesk.tickets.models import Message
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.writing import reply
from tests.factories import by, handle_raw, inbound, make_agent, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def read_words(raw: RawMessage) -> Reading:
    """A reader for these tests: what the body says decides."""
    words = bytes(raw.body).decode()
    if words == "garbage":
        raise Unreadable("no headers")
    if words == "bug":
        raise ZeroDivisionError
    if words.startswith("bounce of "):
        return Reading(outcome="bounce", reason="mailbox full", failed_message_id=int(words.split()[-1]))
    if words == "newsletter":
        return Reading(outcome="ignored", reason="a newsletter")
    return Reading(message=inbound(raw.inbox, words, external_id=f"<{raw.digest}@x>"))


@pytest.fixture(autouse=True)
def reader(settings):
    settings.RAW_READERS = {"email": "tests.helpdesk.tickets.test_raw.read_words"}


def came_in(words, inbox=None):
    return store_raw(words.encode(), inbox=inbox or make_inbox(), door="smtp")


def test_a_raw_message_becomes_a_ticket_once_however_many_jobs_take_it():
    raw = came_in("Hello")
    handle_raw(raw.pk)
    assert handle_raw(raw.pk) is None
    raw.refresh_from_db()
    assert (raw.outcome, raw.ticket.subject, Message.objects.count()) == ("created", "My order", 1)


def test_the_same_bytes_again_are_a_duplicate_that_points_at_the_first():
    inbox = make_inbox()
    first, second = came_in("Hello", inbox), came_in("Hello", inbox)
    handle_raw(first.pk)
    handle_raw(second.pk)
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.outcome, second.message) == ("duplicate", first.message)


def test_what_can_not_be_read_is_quarantined_with_its_reason_and_can_be_replayed(settings):
    settings.JOBS_INLINE = True
    raw = came_in("garbage")
    handle_raw(raw.pk)
    raw.refresh_from_db()
    assert (raw.outcome, raw.reason) == ("quarantined", "no headers")
    assert Event.objects.filter(name="inbound.quarantined").count() == 1
    RawMessage.objects.filter(pk=raw.pk).update(body=b"now it can be read")
    assert raws.replay_raw(raw, by=SYSTEM).outcome == "created"


def test_a_fault_of_ours_leaves_it_waiting_and_in_the_end_quarantines_it():
    raw = came_in("bug")
    for _ in range(raws.MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            handle_raw(raw.pk)
        raw.refresh_from_db()
        assert raw.outcome == "pending"
    handle_raw(raw.pk)
    raw.refresh_from_db()
    assert raw.outcome == "quarantined"


def test_a_bounce_marks_the_answer_that_failed_and_opens_nothing(outbox):
    ticket = make_ticket()
    message = reply(ticket, "Hi", by=by(make_agent()))
    handle_raw(came_in(f"bounce of {message.pk}").pk)
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "mailbox full")
    assert Message.objects.filter(kind="incoming").count() == 1


def test_what_is_set_aside_keeps_its_reason():
    raw = came_in("newsletter")
    handle_raw(raw.pk)
    raw.refresh_from_db()
    assert (raw.outcome, raw.reason, raw.ticket) == ("ignored", "a newsletter", None)
