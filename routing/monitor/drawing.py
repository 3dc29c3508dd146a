"""A view of the snapshot in the words and lines of the page."""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Availability
from routing.models import Department, HighLoad
from routing.monitor.sight import Sight
from routing.monitor.snapshot import Figures, View, Waiting, mean_wait
from routing.watching.saying import condition_of

STATES = Availability.State


@dataclass(frozen=True)
class Line:
    """One channel or department."""

    name: str
    figures: Figures
    longest: int | None  # seconds
    mean: int | None
    is_alerted: bool = False


@dataclass(frozen=True)
class Stand:
    """A ticket in the queue."""

    ticket: int
    subject: str
    channel: str
    department: str
    assignee: int | None
    assignee_name: str
    seconds: int
    customer: str


def page_of(view: View, sight: Sight) -> dict:
    rows = list(Department.objects.order_by("position", "name"))
    names = {row.pk: row.name for row in rows}
    people = {agent.pk: agent.name for agent in view.agents}
    active = [row for row in rows if row.is_active]
    alerted_channels = {row.channel for row in view.alerts if not row.department_id}
    alerted_departments = {row.department_id for row in view.alerts if row.department_id}
    return {
        "view": view,
        "channels": [
            line(str(Inbox.Kind(key).label), figures, view.at, is_alerted=key in alerted_channels)
            for key, figures in view.channels
        ],
        "departments": [
            line(names.get(key, ""), figures, view.at, is_alerted=key in alerted_departments)
            for key, figures in view.departments
        ],
        "alerts": [(condition_of(row), seconds_since(row.passed_since, view.at)) for row in view.alerts],
        "level_for": seconds_since(view.rush.since, view.at),
        "level": HighLoad.Level(view.rush.level) if view.rush.level else None,
        "waiting": [stand(one, names, people, view.at) for one in view.longest[:50]],
        "states": [(state.label, view.states.get(state.value, 0), state.value) for state in STATES],
        "all_departments": [row for row in active if sight.seen is None or row.pk in sight.seen],
        "leads": sight.leads_some,
        "all_channels": Inbox.Kind.choices,
    }


def line(name: str, figures: Figures, at: datetime, *, is_alerted: bool) -> Line:
    longest = round((at - figures.oldest).total_seconds()) if figures.oldest else None
    return Line(name, figures, longest, mean_wait(figures, at), is_alerted)


def seconds_since(moment: datetime | None, at: datetime) -> int | None:
    return None if moment is None else max(0, round((at - moment).total_seconds()))


def stand(one: Waiting, names: dict[int, str], people: dict[int, str], at: datetime) -> Stand:
    return Stand(
        ticket=one.ticket,
        subject=one.subject,
        channel=one.channel,
        department=names.get(one.department, ""),
        assignee=one.assignee,
        assignee_name=people.get(one.assignee or 0, ""),
        seconds=round((at - one.since).total_seconds()),
        customer=one.customer,
    )
