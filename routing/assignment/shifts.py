"""Shifts planned for a week, and which channels somebody serves in one. All times are those of the workspace's zone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User, Workspace
from routing.models import Shift

DAYS = 7
MOST_A_DAY = 4
YEARS = range(2000, 3000)  # for which there are plans; near the end of the calendar there is no next day


@dataclass(frozen=True)
class PersonWeek:
    """One line of the plan: somebody with the shifts of each day, and the hours of all of them."""

    person: User
    days: list[tuple[date, list[Shift]]]

    @property
    def hours(self) -> float:
        return sum(hours_of(shift) for _on, shifts in self.days for shift in shifts)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def today() -> date:
    return clock.now().astimezone(zone()).date()


def zone() -> ZoneInfo:
    return ZoneInfo(Workspace.get().time_zone)


def hours_of(shift: Shift) -> float:
    """As it was planned: an hour that the clock's change takes or gives is no matter of the plan."""
    begin = datetime.combine(shift.on, shift.opens)
    end = datetime.combine(shift.on + timedelta(days=shift.closes <= shift.opens), shift.closes)
    return (end - begin).total_seconds() / 3600


def instants(on: date, opens: time, closes: time, here: ZoneInfo) -> tuple[datetime, datetime]:
    """When such a shift begins and ends. An end that is not after its start lies on the next day."""
    until = on + timedelta(days=closes <= opens)
    return datetime.combine(on, opens, here), datetime.combine(until, closes, here)


@transaction.atomic
def save_shift(shift: Shift) -> Shift:
    """Save a new or changed one. Raises Invalid where it runs into another of the same person, for unknown channels, where a
    day has too many, and for a day that nobody plans."""
    if shift.on.year not in YEARS:
        told = {"first": YEARS[0], "last": YEARS[-1]}
        raise Invalid(_("Choose a day of the years %(first)s to %(last)s.") % told, field="on")
    if not set(shift.channels) <= set(Inbox.Kind.values):
        raise Invalid(_("There is no such channel."), field="channels")
    User.objects.select_for_update(no_key=True).get(pk=shift.user_id)  # two at once must not overlap
    shift.starts_at, shift.ends_at = instants(shift.on, shift.opens, shift.closes, zone())
    others = Shift.objects.filter(user=shift.user_id).exclude(pk=shift.pk)
    other = others.filter(starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at).first()
    if other:
        told = {"from": f"{other.opens:%H:%M}", "to": f"{other.closes:%H:%M}"}
        raise Invalid(_("There is another shift from %(from)s to %(to)s.") % told, field="opens")
    if others.filter(on=shift.on).count() >= MOST_A_DAY:
        raise Invalid(_("At most %(most)s shifts a day.") % {"most": MOST_A_DAY}, field="on")
    shift.save()
    return shift


def follow_time_zone() -> int:
    """A plan is by the clock on the wall: the shifts that go on or are to come move with the workspace's time zone. How many
    had to, since it was changed."""
    here, moved = zone(), []
    for shift in Shift.objects.filter(ends_at__gt=clock.now() - timedelta(days=2)):
        due = instants(shift.on, shift.opens, shift.closes, here)
        if due != (shift.starts_at, shift.ends_at):
            shift.starts_at, shift.ends_at = due
            moved.append(shift)
    Shift.objects.bulk_update(moved, ["starts_at", "ends_at"], batch_size=500)
    return len(moved)


def week_of(monday: date, people: Sequence[User]) -> list[PersonWeek]:
    """The plan of seven days: one question."""
    found: dict[tuple[int, date], list[Shift]] = {}
    until = monday + timedelta(days=DAYS)
    for shift in Shift.objects.filter(on__gte=monday, on__lt=until).order_by("on", "opens"):
        found.setdefault((shift.user_id, shift.on), []).append(shift)
    days = [monday + timedelta(days=number) for number in range(DAYS)]
    return [PersonWeek(each, [(day, found.get((each.pk, day), [])) for day in days]) for each in people]


def copy_week(monday: date) -> int:
    """Plan the week as the one before; what is planned in it already stays, and what would run into that is left out. How
    many shifts were added."""
    before = Shift.objects.filter(
        on__gte=monday - timedelta(days=DAYS), on__lt=monday, user__is_active=True
    ).order_by("on", "opens")
    return sum(copy_shift(shift, shift.on + timedelta(days=DAYS)) for shift in before)


def copy_to(shift: Shift, days: Collection[date]) -> int:
    """The same shift on other days; how many were added."""
    return sum(copy_shift(shift, day) for day in days if day != shift.on)


def copy_shift(shift: Shift, on: date) -> bool:
    fresh = Shift(
        user_id=shift.user_id, on=on, opens=shift.opens, closes=shift.closes, channels=shift.channels
    )
    try:
        save_shift(fresh)
    except Invalid:
        return False
    return True
