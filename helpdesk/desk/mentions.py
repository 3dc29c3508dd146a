"""Whom a note names: `@` and the whole name of a colleague, or of a department."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpdesk.desk.about import colleagues_of
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import Ticket


@dataclass(frozen=True)
class Named:
    """`users` by their own names; `members` only by their department's, which are routing.Departments."""

    users: list[User] = field(default_factory=list)
    departments: list[Any] = field(default_factory=list)
    members: list[User] = field(default_factory=list)


def named_in(text: str, ticket: Ticket, user: User) -> Named:
    """Those named who may see the ticket; `user` writes."""
    team = colleagues_of(ticket, user)
    named = mentioned_in(text, [*team, *departments_of(user)])
    users = [one for one in named if isinstance(one, User)]
    departments = [one for one in named if not isinstance(one, User)]
    members = [one for one in members_of(departments, team) if one not in users and one.pk != user.pk]
    return Named(users, departments, members)


def mentioned_in(text: str, known: Iterable[Any]) -> list[Any]:
    """Those of the team, and of the departments, who are named. Where one name begins another, "@Anna" does not call Ann.
    A colleague who is called like a department comes first."""
    named = []
    for one in sorted(known, key=lambda one: (len(str(one)), isinstance(one, User)), reverse=True):
        text, count = re.subn(rf"@{re.escape(str(one))}(?!\w)", " ", text)
        named += [one] if count else []
    return named


def members_of(departments: Iterable[Any], team: Sequence[User]) -> list[User]:
    wanted = {department.pk for department in departments}
    return [one for one in team if wanted.intersection(one.member_of)]


@dataclass(frozen=True)
class Hint:
    """A department that can be named. `count`: how many of it would hear of it."""

    department: Any
    count: int


def hints_for(query: str, ticket: Ticket, user: User, *, most: int = 8) -> tuple[list[User], list[Hint]]:
    """What the list under the composer offers for what was typed after "@": colleagues, then departments somebody of which
    sees the ticket."""
    wanted, team = query.lower(), colleagues_of(ticket, user)
    users = [one for one in team if wanted in str(one).lower()]
    hints = [
        Hint(department, len(members_of([department], team)))
        for department in departments_of(user)
        if wanted in str(department).lower()
    ]
    hints = [hint for hint in hints if hint.count][: most // 2]
    return users[: most - len(hints)], hints
