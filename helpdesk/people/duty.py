"""Whether somebody of the team is at the desk now. Lives in the cache with a lifetime; never written to the database but
for the facts that somebody came and went."""

from collections.abc import Iterable

from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.availability import State, availability_of, keep_at_hand
from helpdesk.people.models import User
from helpdesk.people.presence import redis

# Seconds. The desk gives a sign every 20 s; a tab in the background may be let run once a minute only.
LIFETIME = 150
AWAY = (RedisAway, RedisSlow)


def note_sign(user: User, departments: Iterable[int | None]) -> None:
    """The desk of this agent, who sees the tickets of these departments, gave a sign of life. Who says they are away is
    nobody a customer could wait for."""
    note_at_desk(user)
    state = availability_of(user).state
    keep_at_hand(user.pk, state)
    if state in (State.ONLINE, State.BUSY):
        note_duty(departments)


def note_duty(departments: Iterable[int | None]) -> None:
    """Somebody who may see the tickets of these departments (ids; None: tickets without one) is at the desk now."""
    cache.set_many({key_of(department): True for department in departments}, LIFETIME)


def team_is_there(department: int | None) -> bool:
    """Whether anybody at the desk sees what comes in for this department (id; None: for no department)."""
    return bool(cache.get(key_of(department)))


def key_of(department: int | None) -> str:
    return f"duty:{department or 'none'}"


def note_at_desk(user: User) -> None:
    """A desk of this agent gave a sign, on whatever device. That they came is a fact."""
    now = clock.now().timestamp()
    try:
        with redis().pipeline(transaction=True) as asked:
            asked.set(WATCHED_SINCE, now, nx=True)
            asked.zadd(SIGNS, {str(user.pk): now})
            asked.hsetnx(CAME, str(user.pk), now)
            has_come = asked.execute()[-1]
    except AWAY:
        return
    if has_come:
        record(names.AGENT_CAME, by=Actor.agent(user), data={"agent": user.pk})


def signs_of_desks() -> dict[int, float] | None:
    """When a desk of each agent (id) last gave a sign, in seconds since 1970, also of those who went; None with Redis away:
    then nobody can say who is there."""
    try:
        return {int(user): at for user, at in redis().zrange(SIGNS, 0, -1, withscores=True)}
    except AWAY:
        return None


def agents_at_desk() -> set[int]:
    """Who (ids) has a desk open now; nobody with Redis away."""
    since = clock.now().timestamp() - LIFETIME
    try:
        return {int(user) for user in redis().zrangebyscore(SIGNS, f"({since}", "+inf")}
    except AWAY:
        return set()


def agents_gone_for(seconds: int) -> set[int] | None:
    """Who (ids) was there once and has had no desk open for so long; None where that can't be known: Redis is away, or has
    not been here for so long itself, and knows of nobody who came before."""
    now, signs = clock.now().timestamp(), signs_of_desks()
    try:
        watched = float(redis().get(WATCHED_SINCE) or now)
    except AWAY:
        return None
    if signs is None or now - watched < seconds + LIFETIME:
        return None
    return {user for user, at in signs.items() if at < now - seconds - LIFETIME}


def note_who_left() -> None:
    """Record of everybody whose desk has given no sign for a while that they left, once."""
    here = agents_at_desk()
    try:
        came = {int(user): float(at) for user, at in redis().hgetall(CAME).items()}
        left = {user: at for user, at in came.items() if user not in here and redis().hdel(CAME, str(user))}
        signs = signs_of_desks() or {}
    except AWAY:
        return
    for user in User.objects.filter(pk__in=left):
        spent = round(max(0, signs.get(user.pk, left[user.pk]) - left[user.pk]))
        record(names.AGENT_LEFT, by=Actor.agent(user), value=spent, data={"agent": user.pk})


SIGNS = cache.make_key("desk:signs")
CAME = cache.make_key("desk:came")
WATCHED_SINCE = cache.make_key("desk:watched-since")
