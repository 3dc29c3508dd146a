"""Which teammates have something open now, and who writes there. Lives in Redis with a lifetime; never written to the
database. With Redis away nobody looks at anything.
"""

from collections.abc import Iterable
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

from helpdesk import clock
from helpdesk.people.presence import redis

# Seconds. The desk gives a sign every 20; a tab in the background may be let run once a minute only.
LIFETIME = 75
PAGE = 15  # of a visitor's page, which asks every 5
TYPING = 8


def ticket_of(pk: int) -> str:
    return f"ticket.{pk}"


def typing_at(pk: int) -> str:
    """Who looks at this writes on that ticket."""
    return f"typing.{pk}"


def visitor_of(visitor: UUID) -> str:
    return f"visitor.{visitor.hex}"


def note_look(thing: str, user: int, *, lasts: int = LIFETIME) -> None:
    """This agent (id) has the thing (named by one of the above) before them, for so many seconds from now."""
    key = key_of(thing)
    try:
        with redis().pipeline(transaction=False) as asked:
            asked.zadd(key, {str(user): clock.now().timestamp() + lasts})
            asked.expire(key, LIFETIME)
            asked.execute()
    except (RedisAway, RedisSlow):
        return


def end_look(thing: str, user: int) -> None:
    try:
        redis().zrem(key_of(thing), str(user))
    except (RedisAway, RedisSlow):
        return


def onlookers_of(things: Iterable[str]) -> dict[str, set[int]]:
    """Thing -> the agents (ids) who look at it; without those that nobody looks at. One question, however many."""
    things, now = list(things), clock.now().timestamp()
    try:
        with redis().pipeline(transaction=False) as asked:
            for thing in things:
                asked.zrangebyscore(key_of(thing), now, "+inf")
            found = asked.execute()
    except (RedisAway, RedisSlow):
        return {}
    return {thing: {int(one) for one in users} for thing, users in zip(things, found, strict=True) if users}


def key_of(thing: str) -> str:
    return cache.make_key(f"looks:{thing}")
