"""Whom a note names: `@` and the whole of a colleague's name."""

import re
from collections.abc import Iterable

from helpdesk.people.models import User


def mentioned_in(text: str, team: Iterable[User]) -> list[User]:
    """Those of the team who are named. Where one name begins another, "@Anna" does not call Ann."""
    named = []
    for user in sorted(team, key=lambda user: len(str(user)), reverse=True):
        text, count = re.subn(rf"@{re.escape(str(user))}(?!\w)", " ", text)
        named += [user] if count else []
    return named
