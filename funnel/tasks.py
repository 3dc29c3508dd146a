"""The funnel's jobs; helpdesk/celery.py says when."""

from funnel.invest.finding import find_due_signals
from funnel.models import ReportMail
from funnel.sharing.mailing import send_report
from funnel.sharing.schedules import make_due_mails
from funnel.tallies.refresh import refresh as refresh_funnel
from helpdesk import clock
from helpdesk.celery import app


@app.task(expires=20)
def refresh() -> None:
    """One that came late is none: the next is due already."""
    refresh_funnel(clock.now())


@app.task
def send_report_mail(mail_id: int) -> None:
    send_report(mail_id)


@app.task
def send_due_reports() -> None:
    """Mails whose week or month is over, whose back-off is over, and those that a crash left behind."""
    make_due_mails()
    for mail_id in list(
        ReportMail.objects.due().order_by("next_attempt_at").values_list("pk", flat=True)[:500]
    ):
        send_report_mail.delay(mail_id)


@app.task
def look_for_signals() -> None:
    """Asked every minute, done once an hour: a fresh desk need not wait for its first signals."""
    find_due_signals(clock.now())
