"""How a report's mail leaves: claimed by one worker, handed to the SMTP server, tried again for a day."""

import logging
import smtplib
from datetime import timedelta

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from funnel.models import ReportMail
from funnel.sharing.letter import compose_letter
from helpdesk import clock
from helpdesk.connectors.email.transport import delivery_error
from helpdesk.inboxes.contract import DeliveryError
from helpdesk.tickets.delivery import LEASE
from helpdesk.tickets.outcomes import BACK_OFF

log = logging.getLogger(__name__)
LONGEST_ERROR = 300


def send_report(mail_id: int) -> None:
    """Hand the mail over once. Safe to run twice or at the same time.

    A worker that dies between the server's yes and our note sends it again: the Message-ID stays the same.
    """
    mail = claim(mail_id)
    if mail is None:
        return
    try:
        hand_over(mail)
    except DeliveryError as error:
        note_failure(mail, error)
    except Exception as error:  # a bug must be seen beside the mail, and the mail tried again
        log.exception("sending %s", mail)
        note_failure(mail, DeliveryError(f"{type(error).__name__}: {error}"))
    else:
        ours(mail).update(state=ReportMail.State.SENT, sent_at=clock.now(), next_attempt_at=None, error="")


@transaction.atomic
def claim(mail_id: int) -> ReportMail | None:
    """Lease the mail: only one worker gets it, and a dead worker's lease runs out."""
    due = ReportMail.objects.due().select_for_update(of=("self",), skip_locked=True)
    mail = due.select_related("schedule__made_by", "shared").filter(pk=mail_id).first()
    if mail is None:
        return None
    if mail.attempts > len(BACK_OFF):  # only one whose worker died each time comes here
        fail(mail, _("It was tried too often, and each time the worker ended before it was out."))
        return None
    mail.state = ReportMail.State.SENDING
    mail.attempts += 1
    mail.next_attempt_at = clock.now() + LEASE
    mail.save(update_fields=["state", "attempts", "next_attempt_at"])
    return mail


def hand_over(mail: ReportMail) -> None:
    """Raises DeliveryError, permanent where trying again is of no use."""
    try:
        letter = compose_letter(mail)
        letter.connection = get_connection(fail_silently=False)
        letter.send()
    except (smtplib.SMTPException, OSError) as error:
        raise delivery_error(error) from error


def ours(mail: ReportMail) -> QuerySet:
    """The row as this worker claimed it; nothing once it was paused away or somebody else has it."""
    return ReportMail.objects.filter(pk=mail.pk, state=ReportMail.State.SENDING, attempts=mail.attempts)


def note_failure(mail: ReportMail, error: DeliveryError) -> None:
    """Wait and try again, or give up."""
    if error.permanent or mail.attempts > len(BACK_OFF):
        return fail(mail, str(error))
    ours(mail).update(
        state=ReportMail.State.QUEUED,
        next_attempt_at=clock.now() + timedelta(seconds=error.retry_after or BACK_OFF[mail.attempts - 1]),
        error=str(error)[:LONGEST_ERROR],
    )


def fail(mail: ReportMail, reason: str) -> None:
    ReportMail.objects.filter(pk=mail.pk).update(
        state=ReportMail.State.FAILED, next_attempt_at=None, error=reason[:LONGEST_ERROR]
    )
