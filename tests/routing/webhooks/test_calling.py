"""A call is signed, sent, tried again, and written down with what came of it."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.notices.models import Notice
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.trash import purge_ticket
from routing.models import Webhook, WebhookCall
from routing.webhooks.calling import due_calls, forget_old_calls, send_again, send_call
from routing.webhooks.saving import make_webhook, renew_secret
from routing.webhooks.telling import tell_webhook
from tests.factories import customer_writes, make_admin
from tests.loopback import QuietHandler, serving

pytestmark = pytest.mark.django_db


class Listener(QuietHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()


@pytest.fixture
def other_side(settings):
    """A server on loopback; `answers` are the next statuses, `heard` what it was told."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with serving(Listener) as server:
        server.heard, server.answers = [], []
        yield server


def make_call(port: int = 1) -> tuple[WebhookCall, str]:
    webhook = Webhook(name="Shop", url=f"http://127.0.0.1:{port}/hook")
    secret = make_webhook(webhook, user=make_admin())
    return tell_webhook(webhook, customer_writes(subject="Ünïcode").ticket, what="ticket.closed"), secret


def fresh(call: WebhookCall) -> WebhookCall:
    return WebhookCall.objects.get(pk=call.pk)


def test_the_other_side_can_check_who_calls_and_reads_the_ticket(other_side):
    call, secret = make_call(other_side.server_port)
    send_call(call.pk)
    headers, body = other_side.heard[0]
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["Webhook-Signature"] == f"v1,{wanted}"
    told = json.loads(body)
    assert (told["type"], told["data"]["ticket"]["subject"]) == ("ticket.closed", "Ünïcode")
    done = fresh(call)
    assert (done.state, done.tries[0]["status"]) == ("sent", 204)


def test_what_is_delivered_is_not_sent_again_but_by_a_person(other_side):
    call, _secret = make_call(other_side.server_port)
    send_call(call.pk)
    send_call(call.pk)
    assert len(other_side.heard) == 1
    send_again(call)
    send_call(call.pk)
    first, second = (headers["Webhook-Id"] for headers, _body in other_side.heard)
    assert first == second, "so that the other side knows it"
    assert len(fresh(call).tries) == 2


def test_a_server_that_is_down_is_tried_for_a_day_and_then_the_admins_are_told(other_side):
    call, _secret = make_call(other_side.server_port)
    other_side.answers = [503] * 40
    now = began = clock.now()
    while fresh(call).state == "queued":
        with clock.frozen_at(now):
            send_call(call.pk)
        now = fresh(call).next_attempt_at or now
    assert 20 * 3600 < (now - began).total_seconds() < 30 * 3600
    assert fresh(call).state == "failed"
    assert len(other_side.heard) == 11
    assert Notice.objects.get(kind="automation").title == "The webhook “Shop” could not be delivered"


def test_who_says_gone_hears_no_more_of_it(other_side):
    call, _secret = make_call(other_side.server_port)
    other_side.answers = [410]
    send_call(call.pk)
    assert fresh(call).state == "failed"


def test_a_private_address_is_refused_at_once():
    call, _secret = make_call()
    send_call(call.pk)
    assert fresh(call).state == "failed"
    assert "private address" in fresh(call).tries[0]["words"]


def test_what_a_worker_claimed_and_never_sent_comes_back(other_side):
    call, _secret = make_call(other_side.server_port)
    WebhookCall.objects.update(attempts=1, next_attempt_at=clock.now() + timedelta(minutes=5))
    assert due_calls() == []
    with clock.frozen_at(clock.now() + timedelta(minutes=6)):
        assert due_calls() == [call.pk]


def test_while_a_webhook_is_off_its_calls_wait(other_side):
    call, _secret = make_call(other_side.server_port)
    Webhook.objects.update(is_active=False)
    send_call(call.pk)
    assert (due_calls(), other_side.heard, fresh(call).state) == ([], [], "queued")


def test_the_secret_does_not_stand_in_the_database_in_the_clear():
    call, secret = make_call()
    stored = Webhook.objects.extra(select={"raw": "secrets"}).values_list("raw", flat=True)[0]
    assert secret not in stored
    assert renew_secret(call.webhook) != secret


def test_what_was_told_of_a_ticket_is_gone_when_it_is_deleted_for_good():
    call, _secret = make_call()
    other, _secret = make_call()
    Ticket.objects.filter(pk=call.ticket_id).update(trashed_at=clock.now())
    assert purge_ticket(call.ticket_id)
    assert list(WebhookCall.objects.all()) == [other]


def test_the_log_is_kept_for_three_months_and_what_waits_until_it_is_sent():
    calls = [make_call()[0] for _ in range(3)]
    WebhookCall.objects.filter(pk=calls[0].pk).update(state="sent")
    WebhookCall.objects.exclude(pk=calls[2].pk).update(made_at=clock.now() - timedelta(days=91))
    forget_old_calls()
    assert set(WebhookCall.objects.all()) == {calls[1], calls[2]}
