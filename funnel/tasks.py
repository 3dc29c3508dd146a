"""The funnel's jobs; helpdesk/celery.py says when."""

from time import monotonic

from django.core.cache import cache

from funnel.invest.finding import find_due_signals
from funnel.models import ReportMail
from funnel.sharing.mailing import send_report
from funnel.sharing.schedules import make_due_mails
from funnel.tallies.editions import building_edition
from funnel.tallies.refresh import refresh as refresh_funnel
from helpdesk import clock
from helpdesk.celery import app

RESTS = "funnel:rests"
OLDEST = 40  # seconds; what is begun after that is done before a report is a minute old


@app.task(expires=20)
def refresh() -> None:
    """One that came late is none: the next is due already. Where a refresh takes long, some are left out."""
    if cache.get(RESTS):
        return
    began = monotonic()
    refresh_funnel(clock.now())
    if building_edition() is None:
        cache.set(RESTS, True, rest_after(monotonic() - began))


def rest_after(seconds: float) -> int:
    """How many seconds to let others work after so many of one's own: four times as many, as long as nobody waits."""
    return max(0, int(min(4 * seconds, OLDEST - seconds)))


@app.task
def send_report_mail(mail_id: int) -> None:
    send_report(mail_id)


@app.task
def send_due_reports() -> None:
    """Mails whose week or month is over, whose back-off is over, and those that a crash left behind."""
    make_due_mails()
    due = ReportMail.objects.due().order_by("next_attempt_at").values_list("pk", flat=True)
    for mail_id in list(due[:500]):
        send_report_mail.delay(mail_id)


@app.task
def look_for_signals() -> None:
    """Asked every minute, done once an hour: a fresh desk need not wait for its first signals."""
    find_due_signals(clock.now())
