"""The report by mail: when the next one is due, what span it tells of, and the row that it leaves from."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import transaction

from funnel.models import ReportMail, ReportSchedule, SharedReport
from funnel.report.asking import reporting_zone
from funnel.report.period import add_months
from funnel.sharing.kept import Words, filters_of, with_span
from funnel.sharing.links import share_report
from helpdesk import clock
from helpdesk.jobs import queue
from helpdesk.people.models import User

SALT = "funnel.unsubscribe"
AT = time(8)  # in the reporting time zone
LINK_STANDS = timedelta(days=35)  # until the mail after next has come, also each month
MOST_AT_ONCE = 500


def schedule_report(words: Words, *, address: str, every: str, language: str, by: User) -> ReportSchedule:
    """From now on the report goes to `address` every week or month, with the filters of `words`."""
    now = clock.now()
    return ReportSchedule.objects.create(
        words=filters_of(words),
        address=address,
        every=every,
        language=language,
        made_by=by,
        made_at=now,
        next_at=next_moment(every, after=now, zone=reporting_zone()),
    )


def next_moment(every: str, *, after: datetime, zone: ZoneInfo) -> datetime:
    """The first Monday, or first day of a month, whose eight o'clock comes later than `after`."""
    day = first_day(every, after.astimezone(zone).date())
    moment = datetime.combine(day, AT, zone)
    if moment <= after:
        day = day + timedelta(days=7) if every == ReportSchedule.Every.WEEK else add_months(day, 1)
        moment = datetime.combine(day, AT, zone)
    return moment


def first_day(every: str, day: date) -> date:
    """Of the week or month that holds `day`."""
    return day - timedelta(days=day.weekday()) if every == ReportSchedule.Every.WEEK else day.replace(day=1)


def span_before(every: str, day: date) -> tuple[date, date]:
    """The whole week or month before the one that holds `day`."""
    last = first_day(every, day) - timedelta(days=1)
    return first_day(every, last), last


def make_due_mails() -> None:
    """A row for each mail that is due, and the next date, in one transaction each. May run twice or at once."""
    due = ReportSchedule.objects.due().order_by("next_at").values_list("pk", flat=True)
    for schedule_id in list(due[:MOST_AT_ONCE]):
        make_due_mail(schedule_id)


@transaction.atomic
def make_due_mail(schedule_id: int) -> None:
    """After a long standstill only the last span is told: older news is none."""
    due = ReportSchedule.objects.due().select_for_update(of=("self",), skip_locked=True)
    schedule = due.select_related("made_by").filter(pk=schedule_id).first()
    if schedule is None:
        return
    now, zone = clock.now(), reporting_zone()
    since, until = span_before(schedule.every, now.astimezone(zone).date())
    if not schedule.mails.filter(since=since, until=until, is_trial=False).exists():
        make_mail(schedule, since, until)
    schedule.next_at = next_moment(schedule.every, after=now, zone=zone)
    schedule.save(update_fields=["next_at"])


def make_mail(schedule: ReportSchedule, since: date, until: date, *, is_trial: bool = False) -> ReportMail:
    """The row and the link that it carries. It leaves by a job; the sweep finds what that one forgets."""
    now = clock.now()
    shared = share_report(
        with_span(schedule.words, since, until),
        until=now + LINK_STANDS,
        language=schedule.language,
        note=schedule.address[:120],
        by=schedule.made_by,
    )
    mail = schedule.mails.create(
        since=since, until=until, is_trial=is_trial, shared=shared, next_attempt_at=now
    )
    transaction.on_commit(lambda: queue("funnel.tasks.send_report_mail", mail.pk), robust=True)
    return mail


@transaction.atomic
def try_schedule(schedule: ReportSchedule) -> ReportMail:
    """Send the mail of the last whole week or month now, whatever was sent before."""
    since, until = span_before(schedule.every, clock.now().astimezone(reporting_zone()).date())
    return make_mail(schedule, since, until, is_trial=True)


@transaction.atomic
def pause_schedule(schedule: ReportSchedule) -> None:
    """Nothing leaves until it is resumed, nor what waits to be tried again."""
    ReportSchedule.objects.filter(pk=schedule.pk).update(is_active=False)
    waiting = schedule.mails.filter(state=ReportMail.State.QUEUED)
    SharedReport.objects.filter(mail__in=waiting).delete()
    waiting.delete()


def resume_schedule(schedule: ReportSchedule) -> None:
    """From the next date on; a reader who unsubscribed stays so."""
    next_at = next_moment(schedule.every, after=clock.now(), zone=reporting_zone())
    ReportSchedule.objects.filter(pk=schedule.pk, unsubscribed_at=None).update(
        is_active=True, next_at=next_at
    )


@transaction.atomic
def unsubscribe(schedule: ReportSchedule) -> None:
    """The reader wants no more."""
    ReportSchedule.objects.filter(pk=schedule.pk, unsubscribed_at=None).update(unsubscribed_at=clock.now())
    pause_schedule(schedule)


def unsubscribe_token(schedule: ReportSchedule) -> str:
    return signing.Signer(salt=SALT).sign_object(schedule.pk)


def schedule_number(token: str) -> int | None:
    """The number that an unsubscribe link of ours names; None where it was never ours."""
    try:
        return signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
