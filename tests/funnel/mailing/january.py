"""The mail that tells of January, and how it is sent and read."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from funnel.models import ReportSchedule
from funnel.sharing.schedules import make_due_mails, schedule_report
from helpdesk import clock

ROME = ZoneInfo("Europe/Rome")
WEEK, MONTH = ReportSchedule.Every.WEEK, ReportSchedule.Every.MONTH
JANUARY_OVER = datetime(2026, 2, 1, 8, 0, tzinfo=ROME)


def rome(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ROME)


def monthly(by, *, address: str = "board@shop.example", language: str = "en", words: dict | None = None):
    with clock.frozen_at(rome(2026, 1, 15, 12, 0)):
        return schedule_report(words or {}, address=address, every=MONTH, language=language, by=by)


def run_due(django_capture_on_commit_callbacks, at: datetime) -> None:
    """What beat and worker do at this moment."""
    with clock.frozen_at(at), django_capture_on_commit_callbacks(execute=True):
        make_due_mails()


def parsed(envelope) -> EmailMessage:
    return message_from_bytes(envelope.content, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()
