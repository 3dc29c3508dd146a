"""`visible_to` as a part of a statement: reckoning it anew for every line of a chat costs more than asking it."""

from functools import lru_cache

from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket


def visible_to(user: User) -> tuple[str, tuple]:
    """A subquery of the ids of the tickets that this active user may see, and its parameters. What they may see is asked
    when it runs: only the words are kept."""
    return words_for(user.pk, user.role)


@lru_cache(maxsize=1000)
def words_for(user_id: int, role: str) -> tuple[str, tuple]:
    tickets = Ticket.objects.visible_to(User(pk=user_id, role=role))
    return tickets.values("pk").query.sql_with_params()
