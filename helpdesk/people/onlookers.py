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

# Seconds. The desk gives a sign every 15 while the page is in sight; two may be lost on the way.
LIFETIME = 35
PAGE = 15  # of a visitor's page, which asks every 5
TYPING = 8


def ticket_of(pk: int) -> str:
    return f"ticket.{pk}"


def typing_at(pk: int) -> str:
    """Who looks at this writes on that ticket."""
    return f"typing.{pk}"


def visitor_of(visitor: UUID) -> str:
    return f"visitor.{visitor.hex}"


def note_look(thing: str, user: int, *, name: str = "", lasts: int = LIFETIME) -> bool:
    """This agent (id) has the thing (named by one of the above) before them, for so many seconds from now. Whether that is
    new; False with Redis away. `name`: what to call them where nobody asks the database."""
    now, member = clock.now().timestamp(), f"{thing}:{user}"
    try:
        with redis().pipeline(transaction=False) as asked:
            asked.zscore(LOOKS, member)
            asked.zadd(LOOKS, {member: now + lasts})
            if name:
                asked.hset(NAMES, str(user), name)
            until = asked.execute()[0]
    except (RedisAway, RedisSlow):
        return False
    return until is None or until < now


def end_look(thing: str, user: int) -> bool:
    """Whether they had it before them."""
    try:
        return bool(redis().zrem(LOOKS, f"{thing}:{user}"))
    except (RedisAway, RedisSlow):
        return False


def onlookers_of(things: Iterable[str]) -> dict[str, set[int]]:
    """Thing -> the agents (ids) who look at it; without those that nobody looks at."""
    looks, _ = all_looks()
    return {thing: looks[thing] for thing in things if thing in looks}


def all_looks() -> tuple[dict[str, set[int]], dict[int, str]]:
    """Who looks at what, and the names that are known: one question. There are about as many looks as open desks."""
    try:
        with redis().pipeline(transaction=False) as asked:
            asked.zremrangebyscore(LOOKS, "-inf", clock.now().timestamp())
            asked.zrange(LOOKS, 0, -1)
            asked.hgetall(NAMES)
            _, members, names = asked.execute()
    except (RedisAway, RedisSlow):
        return {}, {}
    looks: dict[str, set[int]] = {}
    for member in members:
        thing, _, user = member.decode().rpartition(":")
        looks.setdefault(thing, set()).add(int(user))
    return looks, {int(user): name.decode() for user, name in names.items()}


LOOKS = cache.make_key("looks")
NAMES = cache.make_key("looks:names")
