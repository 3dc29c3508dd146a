"""Mailing what nobody has read under the bell: one mail a teammate with everything that is due, from the system's address."""

import hashlib
import logging
from datetime import timedelta

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import clock
from helpdesk.notices.models import Notice
from helpdesk.people.models import User, Workspace

log = logging.getLogger(__name__)
# Seconds until the next try, by tries made; then it is only under the bell.
BACK_OFF = (60, 300, 1800, 7200, 21600)
LEASE = timedelta(minutes=5)  # a worker that died while sending is noticed after this
PAUSE = 600  # seconds between two mails to one teammate: what comes in between goes together
AT_ONCE = 200  # teammates in one sweep
MailState = Notice.MailState


def mail_due() -> int:
    """Send a mail to everybody for whom one is due; how many left."""
    due = Notice.objects.filter(mail_state=MailState.QUEUED, next_attempt_at__lte=clock.now())
    users = due.order_by().values_list("user", flat=True).distinct()[:AT_ONCE]
    return sum(mail_to(user_id) for user_id in list(users))


def mail_to(user_id: int) -> bool:
    """One mail with what is due for this teammate. True where it left.

    A worker that dies between the server's yes and our note sends it again, under the same Message-ID.
    """
    resting = f"notices.mailed.{user_id}"
    notices = [] if cache.get(resting) else claim(user_id)
    if not notices:
        return False
    try:
        compose(notices).send()
    except SoftTimeLimitExceeded:
        raise  # the whole job is over; what was claimed comes back when its lease ends
    except Exception as error:  # each backend has errors of its own, and the others wait for their mail
        log.warning("mailing notices to user %s: %s", user_id, error)
        put_back(notices, error)
        return False
    cache.set(resting, True, PAUSE)
    Notice.objects.filter(pk__in=[notice.pk for notice in notices], mail_state=MailState.QUEUED).update(
        mail_state=MailState.SENT, next_attempt_at=None, mail_error=""
    )
    return True


@transaction.atomic
def claim(user_id: int) -> list[Notice]:
    """Lease what is due and not read yet; what was read, or is not wanted by mail, is mailed no more."""
    now = clock.now()
    due = Notice.objects.filter(user=user_id, mail_state=MailState.QUEUED, next_attempt_at__lte=now)
    rows = list(due.select_for_update(of=("self",), skip_locked=True).select_related("user").order_by("id"))
    wanted = [row for row in rows if row.read_at is None and row.user.is_active and row.user.mails_notices]
    wanted = without_hidden(wanted)
    dropped = {row.pk for row in rows} - {row.pk for row in wanted}
    Notice.objects.filter(pk__in=dropped).update(mail_state=MailState.NONE, next_attempt_at=None)
    for row in wanted:
        row.mail_attempts, row.next_attempt_at = row.mail_attempts + 1, now + LEASE
    Notice.objects.bulk_update(wanted, ["mail_attempts", "next_attempt_at"])
    return wanted


def without_hidden(notices: list[Notice]) -> list[Notice]:
    """A digest waits for hours: what has gone meanwhile where its reader may not see it is not mailed to them."""
    tickets = {notice.ticket_id for notice in notices} - {None}
    if not tickets:
        return notices
    seen = import_string(settings.TICKETS_SEEN_BY)(notices[0].user, tickets)
    return [notice for notice in notices if notice.ticket_id is None or notice.ticket_id in seen]


def put_back(notices: list[Notice], error: Exception) -> None:
    for notice in notices:
        notice.mail_error = f"{type(error).__name__}: {error}"[:300]
        if notice.mail_attempts > len(BACK_OFF):
            notice.mail_state, notice.next_attempt_at = MailState.FAILED, None
        else:
            wait = timedelta(seconds=BACK_OFF[notice.mail_attempts - 1])
            notice.next_attempt_at = clock.now() + wait
    Notice.objects.bulk_update(notices, ["mail_state", "mail_error", "next_attempt_at"])


def compose(notices: list[Notice]) -> EmailMultiAlternatives:
    """The mail, in the teammate's language. The same notices always make the same Message-ID."""
    user: User = notices[0].user
    ids = ",".join(str(notice.pk) for notice in notices)
    mark = hashlib.sha256(f"{settings.SECRET_KEY}:{ids}".encode()).hexdigest()[:24]
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    with translation.override(user.language):
        page = {
            "notices": notices,
            "user": user,
            "public_url": settings.PUBLIC_URL,
            "name": Workspace.get().name,
        }
        mail = EmailMultiAlternatives(
            subject=subject_of(notices),
            body=render_to_string("notices/letter.txt", page),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[user.email],
            headers={
                "Message-ID": f"<notices.{mark}@{domain}>",
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
            connection=get_connection(fail_silently=False),
        )
        mail.attach_alternative(render_to_string("notices/letter.html", page), "text/html")
    return mail


def subject_of(notices: list[Notice]) -> str:
    first = " ".join(notices[0].title.split())
    more = len(notices) - 1
    if not more:
        return first
    also = ngettext("and %(count)s more notice", "and %(count)s more notices", more) % {"count": more}
    return _("%(first)s, %(also)s") % {"first": first, "also": also}
