"""The monitor's figures counted from the tables in plain Python, and the same figures as its page shows them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from playwright.sync_api import Page

from helpdesk.events.models import Event
from helpdesk.people.models import ContactIdentity, User
from helpdesk.tickets.models import Survey, Ticket
from routing.models import Promise

CHANNELS = {"webchat": "Chat widget", "email": "Email"}
POINTS, CAPACITY = {"webchat": 3, "email": 1}, 12  # of whom nobody gave anything else
HOUR, HALF_AN_HOUR = timedelta(hours=1), timedelta(minutes=30)

READ = """
main => {
  const words = (node) => node.innerText.replace(/\\s+/g, " ").trim();
  const cells = (row) => [...row.children].map(words);
  const rows = (id) => [...main.querySelectorAll(`section[aria-labelledby=${id}] tbody tr`)].map(cells);
  return {
    at: main.querySelector("time").dateTime,
    tiles: [...main.querySelectorAll(".tile")].map((tile) => [...tile.children].map(words)),
    channels: rows("by-channel"),
    departments: rows("by-department"),
    agents: [...main.querySelectorAll(".monitor-agent")].map((agent) =>
      [words(agent.querySelector("strong")), words(agent.querySelector(".monitor-load"))]),
  };
}"""


def shown(page: Page) -> dict:
    """What stands there at one moment: tiles, rows and agents by their names."""
    found = page.locator("#monitor-now").evaluate(READ)
    at = datetime.fromisoformat(found.pop("at"))
    return {"at": at} | {part: {name: rest for name, *rest in rows} for part, rows in found.items()}


def by_hand(at: datetime, *, here: set[str], serves: dict[str, set[str]]) -> dict:
    """What must stand there at that moment, with every agent at their desk.

    `here`: the browsers that are on the site; `serves`: the channels of each agent, by name.
    """
    tickets = [
        ticket
        for ticket in Ticket.objects.select_related("department").prefetch_related("promises")
        if not ticket.is_spam and not ticket.trashed_at
    ]
    queue = [ticket for ticket in tickets if is_in_queue(ticket)]
    late = [ticket for ticket in tickets if any(one.due_at <= at for one in owed(ticket))]
    near = [ticket for ticket in tickets if any(one.due_at > at and one.near_at for one in owed(ticket))]
    left = [ticket for ticket in tickets if is_missed(ticket, at, here)]
    firsts = [
        event
        for event in Event.objects.filter(name="message.replied").select_related("ticket__department")
        if event.data.get("first") and at - HOUR < event.occurred_at
    ]
    seconds = sorted(event.value for event in firsts)
    surveys = [
        survey
        for survey in Survey.objects.exclude(rated_at=None).select_related("ticket__department")
        if at - HOUR < survey.rated_at
    ]
    counted = [*queue, *late, *near, *left, *(one.ticket for one in (*firsts, *surveys))]
    carried = {user.name: carried_by(user, tickets, at, serves[user.name]) for user in User.objects.agents()}
    return {
        "at": at,
        "tiles": {
            "In the queue": [str(len(queue)), f"{sum(one.assignee_id is None for one in queue)} nobody’s"],
            "Longest wait": [longest(queue, at), f"{mean(queue, at)} on average"],
            "First answers, last hour": [
                span(sum(seconds) / len(seconds)),
                f"{len(seconds)} answers, the slowest {span(seconds[-1])}",
            ],
            "Load": [
                f"{sum(carried.values())} / {CAPACITY * len(carried)}",
                "points of those at their desk",
            ],
            "Content, last hour": [
                f"{100 * sum(survey.score >= 4 for survey in surveys) / len(surveys):.0f} %",
                f"{len(surveys)} ratings",
            ],
            "Promises": [str(len(late)), f"late; {len(near)} soon"],
            "Missed chats, 30 min": [str(len(left)), "left without an answer"],
        },
        "channels": lines(counted, queue, late, at, lambda ticket: CHANNELS[ticket.channel]),
        "departments": lines(counted, queue, late, at, lambda ticket: ticket.department.name),
        "agents": {name: [f"{points} of {CAPACITY}"] for name, points in carried.items()},
    }


def is_in_queue(ticket: Ticket) -> bool:
    """A customer waits, and nobody has the ticket, or whoever has it has not answered yet."""
    is_awake = ticket.status in {"new", "open", "pending", "on_hold"} and not ticket.snoozed_until
    is_first = ticket.assignee_id is None or ticket.first_replied_at is None
    return bool(is_awake and ticket.waiting_since and is_first)


def owed(ticket: Ticket) -> list[Promise]:
    """Its promises whose clocks run."""
    return [one for one in ticket.promises.all() if one.due_at and not one.ended_at]


def carried_by(user: User, tickets: list[Ticket], at: datetime, serves: set[str]) -> int:
    """Points of open tickets of theirs that wait for an answer, and of chats in which something was said lately."""
    mine = [
        ticket
        for ticket in tickets
        if ticket.assignee_id == user.pk and ticket.status in ("new", "open") and ticket.channel in serves
    ]
    return sum(
        POINTS[ticket.channel]
        for ticket in mine
        if ticket.waiting_since or ticket.channel == "webchat" and at - ticket.last_message_at < HALF_AN_HOUR
    )


def is_missed(ticket: Ticket, at: datetime, here: set[str]) -> bool:
    """A chat of the last half an hour that nobody answered and whose visitor has left."""
    browsers = ContactIdentity.objects.filter(contact=ticket.contact_id, kind="visitor")
    return (
        ticket.channel == "webchat"
        and ticket.first_replied_at is None
        and at - ticket.last_message_at < HALF_AN_HOUR
        and here.isdisjoint(browsers.values_list("value", flat=True))
    )


def lines(
    counted: list[Ticket],
    queue: list[Ticket],
    late: list[Ticket],
    at: datetime,
    name_of: Callable[[Ticket], str],
) -> dict[str, list[str]]:
    """Name: waiting, longest, mean, late; of every name that has something to count."""
    found = {}
    for name in {name_of(ticket) for ticket in counted}:
        waiting = [ticket for ticket in queue if name_of(ticket) == name]
        count = sum(name_of(ticket) == name for ticket in late)
        found[name] = [str(len(waiting)), longest(waiting, at), mean(waiting, at), str(count)]
    return found


def waits(queue: Iterable[Ticket], at: datetime) -> list[float]:
    return [(at - ticket.waiting_since).total_seconds() for ticket in queue]


def longest(queue: list[Ticket], at: datetime) -> str:
    return span(max(waits(queue, at), default=None))


def mean(queue: list[Ticket], at: datetime) -> str:
    return span(sum(waits(queue, at)) / len(queue) if queue else None)


def span(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02} min"
