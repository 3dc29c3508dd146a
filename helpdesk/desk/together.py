"""Who of the team is at which ticket now: looking, or writing (people.onlookers), and for how long.

The page says every 15 seconds that it is in sight. What it says is also counted as time spent: how long a teammate had a
ticket before them goes into the ledger once a sitting, never a row for a sign of life. With Redis away nobody is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

from helpdesk import clock
from helpdesk.desk.live import group_of
from helpdesk.people.models import User
from helpdesk.people.onlookers import LIFETIME, TYPING, all_looks, end_look, note_look, ticket_of, typing_at
from helpdesk.people.presence import redis
from helpdesk.push import push

MOST_COUNTED = 30  # seconds for one sign of life: a page that slept between two was before nobody's eyes
AWAY = (RedisAway, RedisSlow)


@dataclass(frozen=True)
class Person:
    """Somebody at a ticket. `doing`: "typing", "draft" (has begun something) or "viewing"."""

    id: int
    name: str
    doing: str


Drafters = Iterable[Mapping[str, Any]]  # of id and name


def note_here(ticket: int, user: User, *, is_focused: bool) -> bool:
    """The ticket is on this agent's screen. Whether they have only just come; False with Redis away."""
    is_news = note_look(ticket_of(ticket), user.pk, name=str(user))
    now, spent = clock.now().timestamp(), f"{ticket}:{user.pk}"
    try:
        with redis().pipeline(transaction=False) as asked:
            asked.zscore(FOCUSED, spent)
            asked.zadd(FOCUSED, {spent: now}) if is_focused else asked.zrem(FOCUSED, spent)
            before, _ = asked.execute()
        if is_focused:
            count_time(spent, before, now)
    except AWAY:
        return False
    return is_news


def note_gone(ticket: int, user: User) -> bool:
    """It is not any more. Whether they were there."""
    was_here = end_look(ticket_of(ticket), user.pk)
    end_look(typing_at(ticket), user.pk)
    now, spent = clock.now().timestamp(), f"{ticket}:{user.pk}"
    try:
        with redis().pipeline(transaction=False) as asked:
            asked.zscore(FOCUSED, spent)
            asked.zadd(FOCUSED, {spent: now}, xx=True)
            before, _ = asked.execute()
        count_time(spent, before, now)
    except AWAY:
        return False
    return was_here


def note_writing(ticket: int, user: User) -> bool:
    """They type. Whether they have only just begun."""
    return note_look(typing_at(ticket), user.pk, name=str(user), lasts=TYPING)


def note_pause(ticket: int, user: User) -> bool:
    """They have stopped typing. Whether they were."""
    return end_look(typing_at(ticket), user.pk)


def count_time(spent: str, before: float | None, now: float) -> None:
    if before is not None and 0 < now - before <= LIFETIME:
        redis().hincrbyfloat(SPENT, spent, round(min(now - before, MOST_COUNTED), 3))


def everybody() -> dict[int, list[Person]]:
    """Who is at which ticket, in the order of their names: one question, however many tickets a list has."""
    looks, names = all_looks()
    found: dict[int, list[Person]] = {}
    for thing, users in looks.items():
        kind, _, number = thing.partition(".")
        if kind == "ticket":
            typing = looks.get(typing_at(int(number)), set())
            people = [Person(pk, names.get(pk, ""), "typing" if pk in typing else "viewing") for pk in users]
            found[int(number)] = sorted(people, key=lambda one: one.name)
    return found


def people_at(here: Sequence[Person], drafters: Drafters) -> list[Person]:
    """Those who are here, and those who have begun something and went. Who types has no draft besides."""
    begun = {one["id"]: Person(one["id"], one["name"], "draft") for one in drafters}
    there = [one if one.doing == "typing" else begun.get(one.id, one) for one in here]
    return [*there, *(one for pk, one in begun.items() if pk not in {each.id for each in there})]


def tell(ticket: int, department: int | None, drafters: Drafters) -> None:
    """Tell the team who is at the ticket now."""
    try:
        people = people_at(everybody().get(ticket, []), drafters)
        told = [[one.id, one.name, one.doing] for one in people]
        push(group_of(department), {"type": "desk.together", "ticket": ticket, "people": told})
    except AWAY:
        return


def take_time_spent(longest: float) -> list[tuple[int, int, float]]:
    """(ticket id, user id, seconds) of every sitting that is over or has come to `longest` seconds; each is told once."""
    now = clock.now().timestamp()
    try:
        spent = {key.decode(): float(seconds) for key, seconds in redis().hgetall(SPENT).items()}
        seen = dict.fromkeys(spent, 0.0) | {
            key.decode(): at for key, at in redis().zrange(FOCUSED, 0, -1, withscores=True)
        }
        due = [key for key, seconds in spent.items() if seconds >= longest or now - seen[key] > LIFETIME]
        redis().zremrangebyscore(FOCUSED, "-inf", now - LIFETIME)
        return [(*map(int, key.split(":")), seconds) for key in due if (seconds := take(key))]
    except AWAY:
        return []


def take(key: str) -> float:
    """At once, so that two jobs do not count it twice."""
    with redis().pipeline(transaction=True) as asked:
        asked.hget(SPENT, key)
        asked.hdel(SPENT, key)
        seconds, _ = asked.execute()
    return float(seconds or 0)


FOCUSED = cache.make_key("desk:focused")
SPENT = cache.make_key("desk:spent")
