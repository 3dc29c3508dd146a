"""Whose figures somebody sees on the monitor, and whom they may call elsewhere from there."""

from dataclasses import dataclass

from helpdesk.errors import NotAllowed, NotThere
from helpdesk.people.models import User
from routing.models import Membership


@dataclass(frozen=True)
class Sight:
    """Departments: those whose figures somebody sees (None among them: what lies in none), and of them those they lead.
    None for all: an admin."""

    seen: frozenset[int | None] | None = None
    led: frozenset[int] | None = None

    @property
    def leads_some(self) -> bool:
        return self.led is None or bool(self.led)


def sight_of(user: User) -> Sight:
    """Admins see all; everybody else their own departments, and what lies in none."""
    if user.is_admin:
        return Sight()
    mine = Membership.objects.filter(user=user, department__is_active=True)
    roles = dict(mine.values_list("department", "role"))
    led = (department for department, role in roles.items() if role == Membership.Role.LEAD)
    return Sight(frozenset([None, *roles]), frozenset(led))


def agent_led(user: User, pk: int) -> User:
    """An agent of a department that this person leads. Raises NotAllowed for who leads none, NotThere for other agents."""
    led = sight_of(user).led
    agents = User.objects.agents().filter(pk=pk)
    if led is not None:
        if not led:
            raise NotAllowed
        agents = agents.filter(pk__in=Membership.objects.filter(department__in=led).values("user"))
    agent = agents.first()
    if agent is None:
        raise NotThere
    return agent
