"""Sending a call: claimed with a lease, signed anew for each try, tried again with longer and longer waits for a day."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify_admins
from helpdesk.outgoing import Refused, Unreachable, send_request
from helpdesk.tickets.outcomes import BACK_OFF
from routing.models import WebhookCall
from routing.webhooks.signing import headers_of

LEASE = timedelta(minutes=5)  # a worker that died while sending is noticed after this
GONE = 410  # whoever answers so wants no more of it
KEPT = timedelta(days=90)  # the log, as the traces of assignment
READ_BYTES = 300  # of the answer, for the log
State = WebhookCall.State


def send_call(call_id: int) -> None:
    """Try a call that is due, once. Safe to run twice or at the same time."""
    call = claim(call_id)
    if call is None:
        return
    began = time.monotonic()
    status, words, is_over = try_call(call)
    note_try(call, status, words, round((time.monotonic() - began) * 1000), is_over=is_over)


def claim(call_id: int) -> WebhookCall | None:
    """Lease it: only one worker gets it. What belongs to a webhook that is off waits."""
    with transaction.atomic():
        due = WebhookCall.objects.filter(
            pk=call_id, state=State.QUEUED, next_attempt_at__lte=clock.now(), webhook__is_active=True
        )
        call = due.select_for_update(of=("self",), skip_locked=True).select_related("webhook").first()
        if call is None:
            return None
        call.attempts += 1
        call.next_attempt_at = clock.now() + LEASE
        call.save(update_fields=["attempts", "next_attempt_at"])
    return call


def try_call(call: WebhookCall) -> tuple[int | None, str, bool]:
    """(HTTP status or None, what was said or went wrong, whether it is of no use to try again)."""
    timestamp = int(clock.now().timestamp())
    secret = call.webhook.secrets["signing"]
    try:
        answer = send_request(
            "POST",
            call.webhook.url,
            content=call.body.encode(),
            headers=headers_of(secret, call.key, timestamp, call.body),
            most_bytes=READ_BYTES,
        )
    except Refused as error:
        return None, str(error), True
    except Unreachable as error:
        return None, str(error), False
    said = answer.body.decode(errors="replace").replace("\x00", "")
    return answer.status, said, answer.status == GONE


def note_try(call: WebhookCall, status: int | None, words: str, ms: int, *, is_over: bool) -> None:
    """Write the try down; then it is delivered, waits for another, or has failed and the admins are told."""
    call.tries = [
        *call.tries,
        {"at": clock.now().isoformat(), "status": status, "ms": ms, "words": words[:READ_BYTES]},
    ]
    if status is not None and 200 <= status < 300:
        call.state, call.next_attempt_at = State.SENT, None
    elif is_over or call.attempts > len(BACK_OFF):
        call.state, call.next_attempt_at = State.FAILED, None
    else:
        call.next_attempt_at = clock.now() + timedelta(seconds=BACK_OFF[call.attempts - 1])
    with transaction.atomic():
        call.save(update_fields=["tries", "state", "next_attempt_at"])
        if call.state == State.FAILED:
            tell_admins(call)


def tell_admins(call: WebhookCall) -> None:
    """Once, until they have read it: a server that is down fails for many tickets."""
    notify_admins(
        Notice.Kind.AUTOMATION,
        key=f"webhook:{call.webhook_id}",
        title=_("The webhook “%(name)s” could not be delivered") % {"name": call.webhook},
        text=call.tries[-1]["words"] or str(call.tries[-1]["status"]),
        url=f"/settings/webhooks/{call.webhook_id}/",
        renews=True,
    )


def send_again(call: WebhookCall) -> None:
    """Because a person says so: it is due now, with all its tries before it. A delivered one is sent once more."""
    WebhookCall.objects.filter(pk=call.pk).update(state=State.QUEUED, attempts=0, next_attempt_at=clock.now())


def due_calls() -> list[int]:
    """Ids of what a back-off, a crash or an absent broker has left to be sent."""
    due = WebhookCall.objects.filter(
        state=State.QUEUED, next_attempt_at__lte=clock.now(), webhook__is_active=True
    )
    return list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:500])


def forget_old_calls() -> None:
    """Delivered or given up long ago."""
    over = WebhookCall.objects.filter(made_at__lt=clock.now() - KEPT).exclude(state=State.QUEUED)
    over.delete()
