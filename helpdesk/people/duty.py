"""Whether somebody of the team is at the desk now. Lives in the cache with a lifetime; never written to the database."""

from collections.abc import Iterable

from django.core.cache import cache

# Seconds. The desk gives a sign every 20 s; a tab in the background may be let run once a minute only.
LIFETIME = 150


def note_duty(departments: Iterable[int | None]) -> None:
    """Somebody who may see the tickets of these departments (ids; None: tickets without one) is at the desk now."""
    cache.set_many({key_of(department): True for department in departments}, LIFETIME)


def team_is_there(department: int | None) -> bool:
    """Whether anybody at the desk sees what comes in for this department (id; None: for no department)."""
    return bool(cache.get(key_of(department)))


def key_of(department: int | None) -> str:
    return f"duty:{department or 'none'}"
