"""Pushing notices to devices: queued with the notice, claimed with a lease, asked again whether it is still wanted, sent."""

import json
import logging
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.notices.choosing import kinds_for
from helpdesk.notices.eyes import is_looking, was_shown
from helpdesk.notices.models import Device, Notice, Push
from helpdesk.notices.reading import unread_count
from helpdesk.notices.webpush import LASTS, post_push
from helpdesk.outgoing import Answer, Refused, Unreachable

log = logging.getLogger(__name__)
State = Push.State
GRACE = timedelta(seconds=4)  # in which a page that somebody looks at may show it
LOOK_AGAIN = timedelta(seconds=15)  # while somebody looks at a page that has not asked for its bell yet
LEASE = timedelta(minutes=5)  # a worker that died while sending is noticed after this
BACK_OFF = (60, 300, 1800, 7200)  # seconds until the next try, by tries made
SHORTEST, LONGEST = 30, 6 * 60 * 60  # seconds that a push service may ask us to wait
AT_ONCE = 500
KEPT = timedelta(days=90)  # what became of them, as the log of webhooks
GONE = (404, 410)  # the device has no such subscription any more
# In the transaction of the notices, which were made at this moment: a repeat makes none, what is told anew is queued anew.
QUEUE = """
INSERT INTO notices_push (notice_id, device_id, state, attempts, queued_at, next_attempt_at, error)
SELECT n.id, d.id, 'queued', 0, n.created_at, %(due)s, ''
FROM notices_notice n JOIN notices_device d ON d.user_id = n.user_id
WHERE n.user_id = ANY(%(users)s) AND n.key = ANY(%(keys)s) AND n.created_at = %(now)s AND n.in_browser AND n.read_at IS NULL
ON CONFLICT (notice_id, device_id) DO UPDATE
SET state = 'queued', attempts = 0, queued_at = excluded.queued_at, next_attempt_at = excluded.next_attempt_at, error = ''
WHERE notices_push.queued_at < excluded.queued_at"""


def queue_pushes(told: list[Notice]) -> None:
    """A row for each device of those who want these notices by their browser. `told`: all of one moment."""
    wanted = [one for one in told if one.in_browser]
    if not wanted:
        return
    matter = {
        "users": sorted({one.user_id for one in wanted}),
        "keys": sorted({one.key for one in wanted}),
        "now": wanted[0].created_at,
        "due": wanted[0].created_at + GRACE,
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, matter)


def due_pushes() -> list[int]:
    """Ids of what is to be sent now, and of what a back-off or a crash has left."""
    due = Push.objects.filter(state=State.QUEUED, next_attempt_at__lte=clock.now())
    return list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:AT_ONCE])


def forget_old_pushes() -> None:
    """What became of those sent or given up long ago."""
    Push.objects.filter(queued_at__lt=clock.now() - KEPT).exclude(state=State.QUEUED).delete()


def send_push(push_id: int) -> None:
    """Send one that is due, once. Safe to run twice or at the same time.

    A worker that dies between the service's yes and our note sends it again: the device shows it in place of the first.
    """
    push = claim(push_id)
    if push is None:
        return
    try:
        answer = hand_over(push.device, push.notice)
    except Refused as error:
        note_failed(push, str(error))
    except Unreachable as error:
        put_back(push, str(error))
    else:
        note_answer(push, answer)


@transaction.atomic
def claim(push_id: int) -> Push | None:
    """Lease it, where it is still wanted: only one worker gets it. While its reader looks at a page of ours it waits."""
    now = clock.now()
    due = Push.objects.filter(pk=push_id, state=State.QUEUED, next_attempt_at__lte=now)
    due = due.select_for_update(of=("self",), skip_locked=True).select_related("notice", "device__user")
    push = due.first()
    if push is None:
        return None
    if not is_wanted(push):
        settle(push, State.DROPPED)
        return None
    if is_looking(push.device.user_id):
        Push.objects.filter(pk=push.pk).update(next_attempt_at=now + LOOK_AGAIN)
        return None
    push.attempts, push.next_attempt_at = push.attempts + 1, now + LEASE
    push.save(update_fields=["attempts", "next_attempt_at"])
    return push


def is_wanted(push: Push) -> bool:
    """Whether its reader has not seen it yet and may see it now, whatever they might when it was queued."""
    notice, user = push.notice, push.device.user
    if notice.user_id != user.pk or notice.read_at or was_shown(notice):
        return False
    if not user.is_active or not notice.in_browser or notice.kind not in kinds_for(user):
        return False
    seen_by = import_string(settings.TICKETS_SEEN_BY)
    return notice.ticket_id is None or notice.ticket_id in seen_by(user, {notice.ticket_id})


def hand_over(device: Device, notice: Notice) -> Answer:
    about = f"ticket-{notice.ticket_id}" if notice.ticket_id else f"notice-{notice.pk}"
    with translation.override(device.user.language):
        payload = {
            "title": notice.title,
            "body": notice.words,
            "tag": about,
            "url": f"/notices/{notice.pk}/",
            "at": notice.url,
            "unread": unread_count(device.user),
        }
    return post_push(device, in_bytes(payload), about=about)


def try_device(device: Device) -> str:
    """Send a notice that is none, while somebody waits for it: "" where the push service took it, else why not."""
    with translation.override(device.user.language):
        payload = {
            "title": _("It works"),
            "body": _("Notices come to this device."),
            "tag": "trial",
            "url": "/notices/choices/",
            "at": "/notices/choices/",
            "unread": unread_count(device.user),
        }
    try:
        answer = post_push(device, in_bytes(payload), about="trial")
    except (Refused, Unreachable) as error:
        wrong = str(error)
    else:
        wrong = "" if is_taken(answer) else words_of(answer)
        if answer.status in GONE:
            device.delete()
            return wrong
    note_device(device, wrong)
    return wrong


def in_bytes(payload: dict[str, object]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def note_answer(push: Push, answer: Answer) -> None:
    """It is sent; or its device is no more; or it is tried again; or this service will never take it."""
    if is_taken(answer):
        settle(push, State.SENT)
        note_device(push.device, "")
    elif answer.status in GONE:
        push.device.delete()
    elif answer.status == 429 or answer.status >= 500:
        put_back(push, words_of(answer), asked=wait_asked(answer.headers.get("Retry-After", "")))
    else:
        note_failed(push, words_of(answer))


def is_taken(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def words_of(answer: Answer) -> str:
    said = " ".join(answer.body.decode(errors="replace").replace("\x00", "").split())
    return f"HTTP {answer.status} {said}".strip()


def wait_asked(retry_after: str) -> float:
    """Seconds that a push service asks us to wait: a number, or a date. 0 for neither."""
    if retry_after.isdecimal() and len(retry_after) < 10:
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError):
        return 0
    return (until - clock.now()).total_seconds() if until.tzinfo else 0


def put_back(push: Push, wrong: str, *, asked: float = 0) -> None:
    """Later again, no sooner than we were asked to; given up where it would be old news."""
    if push.attempts > len(BACK_OFF):
        note_failed(push, wrong)
        return
    wait = max(BACK_OFF[push.attempts - 1], min(max(asked, SHORTEST), LONGEST))
    again: datetime = clock.now() + timedelta(seconds=wait)
    if again > push.queued_at + LASTS:
        note_failed(push, wrong)
        return
    Push.objects.filter(pk=push.pk).update(next_attempt_at=again, error=wrong[:300])
    note_device(push.device, wrong)


def note_failed(push: Push, wrong: str) -> None:
    # Without the service's words, which may repeat the device's address: its owner sees them.
    log.warning("push %s to device %s was given up", push.pk, push.device_id)
    settle(push, State.FAILED, wrong)
    note_device(push.device, wrong)


def settle(push: Push, state: str, wrong: str = "") -> None:
    """It is over, unless it was queued anew meanwhile."""
    Push.objects.filter(pk=push.pk, queued_at=push.queued_at).update(
        state=state, next_attempt_at=None, error=wrong[:300]
    )


def note_device(device: Device, wrong: str) -> None:
    changed = {"fault": wrong[:300]} if wrong else {"fault": "", "used_at": clock.now()}
    Device.objects.filter(pk=device.pk).update(**changed)
