"""One picture of the whole desk at one moment, taken once for all who look; and what one of them may see of it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache

from helpdesk import clock
from helpdesk.people.models import User
from helpdesk.people.presence import count_here
from routing.assignment.loads import AgentLoad, loads_by_id
from routing.models import Membership, Threshold
from routing.monitor import questions

LASTS = 3  # seconds
KEY = "monitor.snapshot.2"


@dataclass
class Figures:
    """Of one channel in one department, or of several together. Times in seconds; a mean of none is None."""

    waiting: int = 0
    unassigned: int = 0
    oldest: datetime | None = None  # since when the first of them waits
    moments: float = 0  # sum of since when, in seconds since 1970
    answered: int = 0  # first answers of the last hour
    answer_seconds: float = 0
    slowest: float = 0
    rated: int = 0
    good: int = 0
    late: int = 0  # tickets past their promise
    near: int = 0
    missed: int = 0

    def add(self, other: "Figures") -> None:
        oldest = [each for each in (self.oldest, other.oldest) if each]
        self.oldest = min(oldest, default=None)
        self.slowest = max(self.slowest, other.slowest)
        for name in SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


SUMMED = (
    *("waiting", "unassigned", "moments", "answered", "answer_seconds"),
    *("rated", "good", "late", "near", "missed"),
)


@dataclass(frozen=True)
class Waiting:
    """A ticket in the queue."""

    ticket: int
    subject: str
    channel: str
    department: int | None
    assignee: int | None
    since: datetime
    customer: str


@dataclass(frozen=True)
class Agent:
    pk: int
    name: str
    departments: frozenset[int]
    load: AgentLoad


@dataclass(frozen=True)
class Rush:
    """How much there is at once: visitors on the sites, and what the widget does about the chats that wait."""

    visitors: int = 0
    is_busy: bool = False  # so many that only those who wait or are served are listed
    level: int = 0  # of HighLoad
    since: datetime | None = None


@dataclass(frozen=True)
class Snapshot:
    """`cells`: by (channel, department)."""

    at: datetime
    cells: dict[tuple[str, int | None], Figures]
    longest: list[Waiting]
    agents: list[Agent]
    alerts: list[Threshold] = field(default_factory=list)  # that are past their bound now
    rush: Rush = field(default_factory=Rush)


@dataclass(frozen=True)
class View:
    """What one person sees of a snapshot, narrowed as asked."""

    at: datetime
    total: Figures
    channels: list[tuple[str, Figures]]
    departments: list[tuple[int | None, Figures]]
    longest: list[Waiting]
    agents: list[Agent]
    states: dict[str, int] = field(default_factory=dict)
    alerts: list[Threshold] = field(default_factory=list)
    rush: Rush = field(default_factory=Rush)

    alerted: frozenset[str] = frozenset()  # the figures of all this that are past a bound

    @property
    def longest_wait(self) -> int | None:
        return round((self.at - self.total.oldest).total_seconds()) if self.total.oldest else None

    @property
    def mean_wait(self) -> int | None:
        return mean_wait(self.total, self.at)

    @property
    def mean_answer(self) -> int | None:
        return round(self.total.answer_seconds / self.total.answered) if self.total.answered else None

    @property
    def slowest(self) -> int:
        return round(self.total.slowest)

    @property
    def content(self) -> float | None:
        """CSAT of the last hour, in percent."""
        return 100 * self.total.good / self.total.rated if self.total.rated else None

    @property
    def load(self) -> tuple[int, int]:
        """What those online carry, and what they can."""
        online = [agent.load for agent in self.agents if agent.load.is_at_desk]
        return sum(each.load for each in online), sum(each.capacity for each in online)


def mean_wait(figures: Figures, at: datetime) -> int | None:
    return round(at.timestamp() - figures.moments / figures.waiting) if figures.waiting else None


def current_snapshot() -> Snapshot:
    """At most three seconds old, the same one for everybody."""
    return cache.get_or_set(KEY, take_snapshot, LASTS)


def forget_snapshot() -> None:
    """Somebody has just changed what it shows."""
    cache.delete(KEY)


def take_snapshot() -> Snapshot:
    now = clock.now()
    return Snapshot(
        now,
        read_cells(now),
        [Waiting(*row) for row in questions.longest_waiting()],
        read_agents(),
        alerts=list(
            Threshold.objects.filter(is_active=True, told_at__isnull=False).select_related("department")
        ),
        rush=read_rush(),
    )


def read_rush() -> Rush:
    busy_from, level, since, inboxes = questions.high_load()
    visitors = sum(count_here(inbox) for inbox in inboxes)
    return Rush(visitors, visitors > busy_from, level, since)


def read_cells(now: datetime) -> dict[tuple[str, int | None], Figures]:
    cells: dict[tuple[str, int | None], Figures] = {}

    def cell(channel: str, department: int | None) -> Figures:
        return cells.setdefault((channel, department), Figures())

    for channel, department, *values in questions.queue_cells():
        one = cell(channel, department)
        one.waiting, one.unassigned, one.oldest, one.moments = values
    for channel, department, *values in questions.answer_cells(now):
        one = cell(channel, department)
        one.answered, one.answer_seconds, one.slowest = values
    for channel, department, *values in questions.rating_cells(now):
        one = cell(channel, department)
        one.rated, one.good = values
    for channel, department, *values in questions.promise_cells(now):
        one = cell(channel, department)
        one.late, one.near = values
    for department, count in questions.missed_by_department(now).items():
        cell("webchat", department).missed = count
    return cells


def read_agents() -> list[Agent]:
    people = list(User.objects.agents().values_list("pk", "name", "email"))
    departments: dict[int, set[int]] = {}
    for user, department in Membership.objects.values_list("user", "department"):
        departments.setdefault(user, set()).add(department)
    return [
        Agent(pk, name or email, frozenset(departments.get(pk, ())), load)
        for (pk, name, email), load in zip(people, loads_by_id([pk for pk, *_ in people]), strict=True)
    ]


def view_of(
    snapshot: Snapshot,
    *,
    seen: Collection[int | None] | None,
    channel: str = "",
    department: int | None = None,
) -> View:
    """`seen`: the departments whose figures this person may see, None for all; `channel` and `department` narrow it."""

    def is_shown(its_channel: str, its_department: int | None) -> bool:
        is_seen = seen is None or its_department in seen
        return is_seen and channel in ("", its_channel) and department in (None, its_department)

    cells = {key: figures for key, figures in snapshot.cells.items() if is_shown(*key)}
    agents = [agent for agent in snapshot.agents if is_of(agent, seen, department)]
    alerts = [
        row
        for row in snapshot.alerts
        if (seen is None or row.department_id in seen)
        and channel in ("", row.channel)
        and department in (None, row.department_id)
    ]
    return View(
        at=snapshot.at,
        total=together(cells.values()),
        channels=grouped(cells, lambda key: key[0]),
        departments=grouped(cells, lambda key: key[1]),
        longest=[one for one in snapshot.longest if is_shown(one.channel, one.department)],
        agents=sorted(agents, key=order_of),
        states=dict(Counter(agent.load.state for agent in agents)),
        alerts=alerts,
        alerted=frozenset(
            row.figure for row in alerts if (row.channel, row.department_id) == (channel, department)
        ),
        rush=snapshot.rush,
    )


def is_of(agent: Agent, seen: Collection[int | None] | None, department: int | None) -> bool:
    mine = agent.departments | ({agent.load.into.pk} if agent.load.into else set())
    return (seen is None or not mine.isdisjoint(seen)) and (department is None or department in mine)


def order_of(agent: Agent) -> tuple:
    """Those at their desk first, the fullest of them before the others."""
    return (not agent.load.is_at_desk, -agent.load.share, agent.name)


def together(figures: Iterable[Figures]) -> Figures:
    total = Figures()
    for one in figures:
        total.add(one)
    return total


def grouped(cells: dict, key_of: Callable) -> list:
    """The figures of each, those who wait longest first."""
    groups: dict = {}
    for key, figures in cells.items():
        groups.setdefault(key_of(key), Figures()).add(figures)
    return sorted(
        groups.items(), key=lambda item: (item[1].oldest is None, item[1].oldest or 0, str(item[0]))
    )
