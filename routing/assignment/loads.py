"""What each agent carries at this moment, for screens: whether they are there or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from helpdesk import clock
from helpdesk.people.availability import not_taking
from helpdesk.people.duty import agents_at_desk
from helpdesk.people.models import Availability, User
from routing.assignment.choosing import Candidate
from routing.assignment.recalling import is_recalled
from routing.assignment.roster import FEW, channels_now, enter_loads, read_rates
from routing.models import Department, Shift, Workload


@dataclass(frozen=True)
class AgentLoad:
    """Points of `capacity`; `channels` they serve now (None: all), by what (recall | shift | usual). `is_at_desk`: a desk of
    theirs is open; `said`: what they say of themselves where it is not online; `until`: when a recall or shift ends."""

    agent: int
    load: int
    capacity: int
    channels: frozenset[str] | None
    by: str
    until: datetime | None
    is_at_desk: bool
    said: Availability | None
    into: Department | None  # where they were called to

    @property
    def state(self) -> str:
        """online, busy, away, offline; whoever has no desk open is offline."""
        if not self.is_at_desk:
            return Availability.State.OFFLINE
        return self.said.state if self.said else Availability.State.ONLINE

    @property
    def takes_tickets(self) -> bool:
        return self.is_at_desk and self.said is None

    @property
    def share(self) -> int:
        """In percent, at most 100."""
        return min(100, round(100 * self.load / self.capacity))


def loads_of(people: Iterable[User]) -> list[AgentLoad]:
    """In the same order. Six questions, however many people."""
    return loads_by_id([each.pk for each in people])


def loads_by_id(ids: list[int]) -> list[AgentLoad]:
    """The same of users by their ids."""
    now, rates, usual = clock.now(), read_rates(), Workload()
    few = len(ids) < FEW
    there, said = agents_at_desk(), not_taking(ids if few else None)
    kept = Workload.objects.select_related("recalled_into")
    rows = {row.pk: row for row in (kept.filter(pk__in=ids) if few else kept)}
    running: dict[int, list[Shift]] = {}
    shifts_now = Shift.objects.filter(starts_at__lte=now, ends_at__gt=now)
    for shift in shifts_now.filter(user__in=ids) if few else shifts_now:
        running.setdefault(shift.user_id, []).append(shift)
    candidates = {}
    for pk in ids:
        row = rows.get(pk, usual)
        candidates[pk] = Candidate(
            id=pk,
            name="",
            capacity=row.capacity or rates.capacity,
            weights=rates.weights | {channel: int(points) for channel, points in row.weights.items()},
            departments=frozenset(),
            channels=channels_now(
                row.channels,
                [shift.channels for shift in running.get(pk, ())],
                row.recalled_to if is_recalled(row) else None,
            ),
        )
    enter_loads(list(candidates.values()), now)
    found = []
    for pk in ids:
        row, shifts = rows.get(pk, usual), running.get(pk, [])
        recalled = is_recalled(row)
        found.append(
            AgentLoad(
                agent=pk,
                load=candidates[pk].load,
                capacity=candidates[pk].capacity,
                channels=candidates[pk].channels,
                by="recall" if recalled else "shift" if shifts else "usual",
                until=row.recalled_until if recalled else max((s.ends_at for s in shifts), default=None),
                is_at_desk=pk in there,
                said=said.get(pk),
                into=row.recalled_into if recalled else None,
            )
        )
    return found
