"""The log of everything that came in."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.inboxes.contract import Reading, Unreadable
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.raw import store_raw
from tests.factories import handle_raw, inbound, make_admin, make_inbox

pytestmark = pytest.mark.django_db


def read_word_by_word(raw: RawMessage) -> Reading:
    """A reader for these tests: "broken" can't be read, "machine" is set aside, all else is a message."""
    text = bytes(raw.body).decode("utf-8", "replace")
    if text.startswith("broken") and not raw.inbox.options.get("mended"):
        raise Unreadable("No headers at all.")
    if text.startswith("machine"):
        return Reading(outcome=RawMessage.Outcome.IGNORED, reason="An automatic answer.")
    return Reading(message=inbound(raw.inbox, text))


@pytest.fixture(autouse=True)
def reader(client, settings):
    settings.JOBS_INLINE = True
    settings.RAW_READERS = {"email": f"{__name__}.read_word_by_word"}
    client.force_login(make_admin())


def came_in(inbox, body: bytes, **fields) -> RawMessage:
    raw = store_raw(body, inbox=inbox, door="smtp", **fields)
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw


def test_every_outcome_is_listed_with_its_reason(client):
    inbox = make_inbox()
    came_in(inbox, b"hello", sender="a@customer.example")
    came_in(inbox, b"broken", sender="b@customer.example")
    came_in(inbox, b"machine", sender="c@customer.example")
    page = client.get("/settings/incoming/").content.decode()
    assert "No headers at all." in page and "An automatic answer." in page and "a@customer.example" in page
    only = client.get("/settings/incoming/?outcome=quarantined").content.decode()
    assert "b@customer.example" in only and "a@customer.example" not in only


def test_the_source_is_shown_as_text_and_never_run(client):
    raw = came_in(make_inbox(), b"broken <script>alert(1)</script> \x00\xff")
    page = client.get(f"/settings/incoming/{raw.pk}/").content.decode()
    assert "&lt;script&gt;" in page and "<script>alert" not in page
    source = client.get(f"/settings/incoming/{raw.pk}/source/")
    assert source.content == b"broken <script>alert(1)</script> \x00\xff"
    assert source["Content-Type"].startswith("text/plain")
    assert source["X-Content-Type-Options"] == "nosniff"
    assert source["Content-Disposition"].startswith("attachment")


def test_a_quarantined_message_is_read_again_after_the_fault_is_mended(client):
    inbox = make_inbox()
    raw = came_in(inbox, b"broken but mended")
    client.post(f"/settings/incoming/{raw.pk}/replay/")
    raw.refresh_from_db()
    assert raw.outcome == "quarantined"
    inbox.options = {"mended": True}
    inbox.save()
    client.post(f"/settings/incoming/{raw.pk}/replay/")
    raw.refresh_from_db()
    assert raw.outcome == "created"
    assert raw.ticket.messages.get(kind="incoming").text == "broken but mended"
    client.post(f"/settings/incoming/{raw.pk}/replay/")
    assert raw.ticket.messages.filter(kind="incoming").count() == 1, (
        "what is on a ticket already is not read again"
    )


def test_older_rows_are_reached_page_by_page_and_none_twice(client, django_assert_max_num_queries):
    inbox = make_inbox()
    start = clock.now()
    for number in range(120):
        store_raw(
            b"x",
            inbox=inbox,
            door="smtp",
            sender=f"n{number}@c.example",
            received_at=start + timedelta(seconds=number // 3),
        )
    seen, url = [], "/settings/incoming/"
    while url:
        with django_assert_max_num_queries(6):
            answer = client.get(url)
        seen += [row.pk for row in answer.context["rows"]]
        url = f"/settings/incoming/?{answer.context['older']}" if answer.context["older"] else ""
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def test_a_cursor_that_is_not_ours_is_refused(client):
    assert client.get("/settings/incoming/?cursor=nonsense").status_code == 400
