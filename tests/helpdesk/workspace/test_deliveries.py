"""The delivery log and what waits, as an admin reads them."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.inboxes.contract import DeliveryError
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import DeliveryAttempt, Message
from helpdesk.tickets.outcomes import note_report
from helpdesk.tickets.writing import reply
from tests.factories import KeepingTransport, by, make_admin, make_agent, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
LOG, QUEUE = "/settings/deliveries/", "/settings/deliveries/queue/"


@pytest.fixture(autouse=True)
def signed_in(client, outbox):
    client.force_login(make_admin())


def answered(inbox=None, to="carla@customer.example", **fields) -> Message:
    return reply(make_ticket(inbox, subject="My tent"), "Hi", by=by(make_agent()), to=[to], **fields)


def shown(client, **wanted) -> list[str]:
    return [one.outcome for one, _tone, _can in client.get(LOG, wanted).context["rows"]]


def test_every_try_and_report_has_its_line_with_ticket_recipients_and_answer(client):
    message = answered()
    KeepingTransport.refuse_with = DeliveryError("451 greylisted")
    deliver(message.pk)
    KeepingTransport.refuse_with = None
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        deliver(message.pk)
        note_report(message, "bounced", addresses=["carla@customer.example"], reason="550 no such user")
    assert shown(client) == ["bounced", "accepted", "deferred"]
    page = client.get(LOG).content.decode()
    assert f"/desk/tickets/{message.ticket_id}/" in page and "My tent" in page
    assert "451 greylisted" in page and "550 no such user" in page


def test_the_log_is_filtered_by_outcome_inbox_and_recipient(client):
    shop, sales = make_inbox(name="Shop"), make_inbox(name="Sales")
    first, second = answered(shop), answered(sales, to="Dora@other.example")
    deliver(first.pk)
    deliver(second.pk)
    note_report(first, "delayed")
    assert shown(client, outcome="delayed") == ["delayed"]
    assert shown(client, inbox=sales.pk) == ["accepted"]
    assert shown(client, q="dora@OTHER.example") == ["accepted"]
    assert shown(client, q="nobody@other.example") == shown(client, inbox=shop.pk, outcome="bounced") == []
    assert len(shown(client, outcome="nonsense", inbox="x" * 30)) == 3


def test_a_failed_message_is_tried_again_from_the_log(client):
    message = answered()
    deliver(message.pk)
    note_report(message, "bounced", reason="550 no")
    page = client.get(LOG).content.decode()
    assert page.count(f'action="/settings/deliveries/{message.pk}/"') == 1
    client.post(f"/settings/deliveries/{message.pk}/")
    deliver(message.pk)
    message.refresh_from_db()
    assert message.state == "sent"
    assert shown(client) == ["accepted", "retried", "bounced", "accepted"]
    assert f'action="/settings/deliveries/{message.pk}/"' not in client.get(LOG).content.decode()


def test_pages_of_the_log_go_on_without_a_gap_in_a_bounded_number_of_queries(
    client, django_assert_max_num_queries
):
    message, start = answered(), clock.now()
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            message=message, inbox=message.inbox, at=start + timedelta(seconds=n // 3), outcome="accepted"
        )
        for n in range(120)
    )
    seen, query = [], ""
    while True:
        with django_assert_max_num_queries(8):
            page = client.get(f"{LOG}?{query}").context
        seen += [one.pk for one, _tone, _can in page["rows"]]
        if not page["older"]:
            break
        query = page["older"]
    assert len(seen) == len(set(seen)) == 120 and seen == sorted(seen, reverse=True)


def test_what_waits_says_since_when_why_and_until_when(client, django_assert_max_num_queries):
    late, fresh = answered(), answered(to="dora@other.example", undo_seconds=60)
    KeepingTransport.refuse_with = DeliveryError("the server is away")
    deliver(late.pk)
    with django_assert_max_num_queries(9):
        answer = client.get(QUEUE)
    assert [message.pk for message in answer.context["rows"]] == [late.pk, fresh.pk]
    page = answer.content.decode()
    assert "the server is away" in page and "1 try" in page and "can still be taken back" in page
    for number in range(5):
        answered(to=f"c{number}@other.example")
    with django_assert_max_num_queries(9):
        assert client.get(QUEUE).context["waiting_count"] == 7


def test_once_the_fault_is_mended_all_are_tried_at_once(client, outbox):
    late, fresh = answered(), answered(undo_seconds=60)
    KeepingTransport.refuse_with = DeliveryError("away", retry_after=20_000)
    deliver(late.pk)
    KeepingTransport.refuse_with = None
    deliver(late.pk)
    assert outbox == []
    client.post(QUEUE + "now/")
    for message in (late, fresh):
        deliver(message.pk)
    assert [message.pk for message in outbox] == [late.pk], "one's undo window is nobody else's to end"


def test_what_other_servers_say_is_never_run(client):
    message = answered()
    deliver(message.pk)
    note_report(message, "bounced", reason="<script>alert(1)</script>")
    assert "<script>alert" not in client.get(LOG).content.decode()
