"""Who wants to be told of what, and how: under the bell, by the browser, by mail at once or in a digest."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.notices.models import Notice, NoticeHabits
from helpdesk.people.models import User

Kind = Notice.Kind
MAIL_AFTER = timedelta(minutes=2)  # what is read within this time is not mailed as well
MORNING = time(8)  # of the daily digest, in the time zone of whom it is for


class Mail(models.TextChoices):
    NO = "no", _("no")
    SOON = "soon", _("after two minutes")
    DIGEST = "digest", _("in the digest")


@dataclass(frozen=True)
class Ways:
    """How somebody is told of one kind of thing."""

    page: bool = True
    browser: bool = False
    mail: str = Mail.NO.value

    @property
    def is_any(self) -> bool:
        return self.page or self.browser or self.mail != Mail.NO


SOON, QUIET = Ways(browser=True, mail=Mail.SOON.value), Ways()
DEFAULTS: dict[str, Ways] = {
    Kind.ASSIGNED: SOON,
    Kind.HANDED_OVER: SOON,
    Kind.MENTIONED: SOON,
    Kind.CUSTOMER_WROTE: Ways(browser=True),
    Kind.NOTED: Ways(mail=Mail.DIGEST.value),
    Kind.WOKEN: QUIET,
    Kind.NEW_TICKET: Ways(page=False),
    Kind.DELIVERY_FAILED: SOON,
    Kind.UNREADABLE: Ways(mail=Mail.SOON.value),
    Kind.INBOX_FAILING: SOON,
    Kind.INBOX_RECOVERED: Ways(mail=Mail.SOON.value),
    Kind.MAIL_MISSING: Ways(mail=Mail.SOON.value),
    Kind.LOOP_STOPPED: Ways(mail=Mail.SOON.value),
    Kind.RULE: SOON,
    Kind.BAD_RATING: Ways(browser=True, mail=Mail.DIGEST.value),
    Kind.AUTOMATION: Ways(mail=Mail.SOON.value),
    Kind.ALERT: SOON,
}
OF_ADMINS = (
    *(Kind.UNREADABLE, Kind.INBOX_FAILING, Kind.INBOX_RECOVERED, Kind.MAIL_MISSING, Kind.LOOP_STOPPED),
    Kind.AUTOMATION,
)


def kinds_for(user: User) -> list[Kind]:
    """What this person can ever be told of, in the order of the settings page."""
    return [kind for kind in Kind if user.is_admin or kind not in OF_ADMINS]


def ways_in(choices: Mapping[str, Any], kind: str) -> Ways:
    """The ways one person chose for a kind, or the default."""
    return Ways(**{**asdict(DEFAULTS[kind]), **choices.get(kind, {})})


def habits_of(users: Iterable[User]) -> dict[int, NoticeHabits]:
    """User id -> what they chose; a default row, not stored, for who chose nothing."""
    users = list(users)
    chosen = NoticeHabits.objects.in_bulk([user.pk for user in users])
    return {user.pk: chosen.get(user.pk) or NoticeHabits(user=user) for user in users}


def mail_at(habits: NoticeHabits, mail: str, now: datetime, time_zone: str) -> datetime | None:
    """When it is due by mail; None where it never is. A digest is due at the full hour, or in the morning."""
    if mail == Mail.NO:
        return None
    if mail == Mail.SOON:
        return now + MAIL_AFTER
    if habits.digest == NoticeHabits.Digest.HOURLY:
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    here = now.astimezone(ZoneInfo(time_zone or "UTC"))
    morning = datetime.combine(here.date(), MORNING, here.tzinfo)
    return (
        morning if morning > now else datetime.combine(here.date() + timedelta(days=1), MORNING, here.tzinfo)
    )
