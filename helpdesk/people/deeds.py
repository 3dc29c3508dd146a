"""What visitors did on the site, as its pages tell: the last few things of each, for a while, in Redis. For somebody who
never writes nothing is written to the database; with Redis away nothing is known."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core.cache import cache
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

from helpdesk import clock

KEPT_FOR = 7 * 24 * 60 * 60  # seconds
MOST = 20


@dataclass(frozen=True)
class Deed:
    at: datetime
    name: str
    details: str  # "plan: pro, price: 12", or nothing
    inbox: int = 0  # the chat inbox whose pages tell of it


def note_deed(visitor: UUID, name: str, *, inbox: int, details: str = "") -> None:
    """Remember that the visitor did this now, in the pages of this chat inbox."""
    content = json.dumps([clock.now().timestamp(), name, details, inbox], ensure_ascii=False)
    try:
        with redis().pipeline(transaction=False) as asked:
            asked.lpush(key_of(visitor), content)
            asked.ltrim(key_of(visitor), 0, MOST - 1)
            asked.expire(key_of(visitor), KEPT_FOR)
            asked.execute()
    except (RedisAway, RedisSlow):
        return


def deeds_of(visitors: Iterable[UUID], *, most: int = MOST) -> list[Deed]:
    """What these visitors, who are one person, did last: the newest first."""
    try:
        with redis().pipeline(transaction=False) as asked:
            for visitor in visitors:
                asked.lrange(key_of(visitor), 0, most - 1)
            found = [json.loads(one) for lines in asked.execute() for one in lines]
    except (RedisAway, RedisSlow):
        return []
    deeds = [Deed(datetime.fromtimestamp(at, UTC), *rest) for at, *rest in found]
    return sorted(deeds, key=lambda deed: deed.at, reverse=True)[:most]


def redis() -> Redis:
    return cache._cache.get_client(write=True)


def key_of(visitor: UUID) -> str:
    return cache.make_key(f"deeds:{visitor.hex}")
