"""Which colleagues have a visitor before them: on the visitor's page, or in their conversation at the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from helpdesk.people.models import User
from helpdesk.people.onlookers import onlookers_of, ticket_of, typing_at, visitor_of


@dataclass(frozen=True)
class Onlooker:
    name: str
    is_typing: bool


def colleagues_at(seen: Iterable[tuple[UUID, int | None]], user: User) -> dict[UUID, list[Onlooker]]:
    """Visitor -> the colleagues of `user` who look at them, who writes first. `seen`: each with the ticket (id) that this
    agent may see, if there is one."""
    seen = list(seen)
    looks = onlookers_of(thing for visitor, ticket in seen for thing in things_of(visitor, ticket))
    ids = set().union(*looks.values()) - {user.pk}
    if not ids:
        return {}
    names = {one.pk: str(one) for one in User.objects.filter(pk__in=ids, is_active=True)}
    found = {}
    for visitor, ticket in seen:
        here = set().union(*(looks.get(thing, ()) for thing in things_of(visitor, ticket)))
        typing = looks.get(typing_at(ticket), set()) if ticket else set()
        told = [Onlooker(names[pk], pk in typing) for pk in here if pk in names]
        if told:
            found[visitor] = sorted(told, key=lambda one: (not one.is_typing, one.name))
    return found


def things_of(visitor: UUID, ticket: int | None) -> list[str]:
    return [visitor_of(visitor), *([ticket_of(ticket), typing_at(ticket)] if ticket else [])]
