"""Which visitors are on the site now. Lives in Redis with a lifetime; nothing of it is ever written to the database.

One record a visitor, and for each chat inbox an index of who is here by their last sign of life. With Redis away nobody
is here.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any
from uuid import UUID

from django.core.cache import cache
from redis import Redis
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

from helpdesk import clock

# Seconds. A page in sight pings every 15 or, with very many, more seldom; an open widget every 25.
LIFETIME = 70
OUT_OF_SIGHT = (
    160  # a page out of sight pings every 60, and browsers hold back its timers for up to as long again
)
LEAVING = 8  # who closes a page may be on the way to the next
VISIT = 30 * 60  # who comes back within this goes on with the same visit
LONGEST_TRAIL = 20
MOST_VISITS = 9_999


@dataclass(frozen=True)
class Here:
    """What is known of one visitor. Times are seconds since 1970; all texts are as the browser says, cut."""

    visitor: str  # 32 hexadecimal digits
    inbox: int = 0
    url: str = ""
    title: str = ""
    referrer: str = ""  # where the visit came from
    language: str = ""  # of the browser
    zone: str = ""  # the browser's time zone
    browser: str = ""
    place: str = ""  # a hash of the network address, for a ban (bans.py); the address itself is not kept
    visits: int = 1
    scroll: int = 0  # how much of the page was in sight, in percent
    is_hidden: bool = False  # another tab or program covers the page
    said: dict[str, str] = field(default_factory=dict)  # what the site says of the visitor
    is_proved: bool = False  # ... and whether it proved who that is: the `user_id` in it
    is_signed: bool = False  # ... and all the rest of it
    tab: str = ""
    since: float = 0
    page_since: float = 0
    at: float = 0  # the last sign of life
    until: float = 0  # without another one they count as gone then
    left: float = 0  # when its last page was closed
    trail: list[list[Any]] = field(default_factory=list)  # of [time, address, title], the newest first


FIELDS = {one.name for one in fields(Here)}
# A sign of life that does not say these changes nothing about them.
KEPT = ("url", "title", "referrer", "language", "zone", "browser", "place", "tab")


def note_presence(visitor: UUID, *, inbox: int = 0, **said: Any) -> Here | None:
    """A sign of life: the visitor is here now, in the page with this `url` and `title`; further fields as in Here.

    `lasts`: for how many seconds it holds, LIFETIME or OUT_OF_SIGHT where it is not given.
    What comes from a page out of sight (`is_hidden`) moves nobody away from a page in sight. None with Redis away.
    """
    try:
        known = read(visitor.hex)
        return keep(noted(known, visitor.hex, inbox, said), before=known)
    except (RedisAway, RedisSlow):
        return None


def note_all(signs: Mapping[UUID, Mapping[str, Any]]) -> None:
    """As `note_presence` for many at once, in two round trips: visitor -> what it takes by name, `inbox` with it, and when
    it was (`moment`, seconds since 1970): who has closed the page since then does not come back by it."""
    try:
        known = {here.visitor: here for here in read_all(visitor.hex for visitor in signs)}
        with redis().pipeline(transaction=False) as asked:
            for visitor, said in signs.items():
                about = {name: value for name, value in said.items() if name != "inbox"}
                before = known.get(visitor.hex)
                write(noted(before, visitor.hex, said.get("inbox", 0), about), asked, before=before)
            asked.execute()
    except (RedisAway, RedisSlow):
        return


def noted(known: Here | None, visitor: str, inbox: int, said: Mapping[str, Any]) -> Here:
    said = dict(said)
    now = said.pop("moment", clock.now().timestamp())
    if known and known.left > now:
        return known
    lasts = said.pop("lasts", OUT_OF_SIGHT if said.get("is_hidden") else LIFETIME)
    if known and inbox and known.inbox not in (0, inbox):
        # The pages of another inbox are another site, which other agents see: nothing goes along.
        if said.get("is_hidden") and not known.is_hidden and known.until > now:
            return known
        known = None
    here = known or Here(visitor, since=now, page_since=now)
    here = replace(here, inbox=inbox or here.inbox, at=now, until=now + lasts)
    if known and said.get("is_hidden") and not known.is_hidden and known.tab != said.get("tab", ""):
        return here
    said = {name: value for name, value in said.items() if value or name not in KEPT}
    if here.referrer:
        said.pop("referrer", None)
    if said.get("url") and (not here.trail or here.url != said["url"]):
        step = [now, said["url"], said.get("title", "")]
        said |= {"page_since": now, "trail": [step, *here.trail][:LONGEST_TRAIL]}
    if "visits" in said:
        said["visits"] = min(max(said["visits"], 1), MOST_VISITS)
    return replace(here, **said)


def keep(here: Here, *, before: Here | None = None) -> Here:
    with redis().pipeline(transaction=False) as asked:
        write(here, asked, before=before)
        asked.execute()
    return here


def write(here: Here, asked: Pipeline, *, before: Here | None = None) -> None:
    """`before`: what was known of them, so that who goes on to another inbox's pages is counted there alone."""
    content = json.dumps(asdict(here), ensure_ascii=False, separators=(",", ":"))
    asked.set(key_of(here.visitor), content, ex=VISIT)
    if before and before.inbox not in (0, here.inbox):
        asked.zrem(index_of(before.inbox), here.visitor)
    if here.inbox:
        asked.zadd(index_of(here.inbox), {here.visitor: here.until})
        asked.expire(index_of(here.inbox), VISIT)


def presence_of(visitor: UUID) -> dict[str, Any] | None:
    """The visitor's Here as a dictionary, None for one who is gone."""
    try:
        here = read(visitor.hex)
    except (RedisAway, RedisSlow):
        return None
    return asdict(here) if here and here.until > clock.now().timestamp() else None


def end_presence(visitor: UUID) -> None:
    """Forget the visitor at once."""
    try:
        here = read(visitor.hex)
        redis().delete(key_of(visitor.hex))
        if here:
            redis().zrem(index_of(here.inbox), visitor.hex)
    except (RedisAway, RedisSlow):
        return


def note_leaving(visitor: UUID, tab: str) -> None:
    """The page of this tab is closed. Another one may come at once, so the visitor stays for a moment."""
    try:
        here = read(visitor.hex)
        if here and here.tab == tab:
            now = clock.now().timestamp()
            keep(replace(here, until=now + LEAVING, left=now))
    except (RedisAway, RedisSlow):
        return


def count_here(inbox: int) -> int:
    """How many are in the pages of this chat inbox now."""
    try:
        return redis().zcount(index_of(inbox), clock.now().timestamp(), "+inf")
    except (RedisAway, RedisSlow):
        return 0


def who_is_here(inbox: int, *, most: int) -> list[Here]:
    """The visitors in the pages of this chat inbox, those with the latest sign of life first."""
    now = clock.now().timestamp()
    try:
        redis().zremrangebyscore(index_of(inbox), "-inf", now - VISIT)
        ids = redis().zrevrangebyscore(index_of(inbox), "+inf", now, start=0, num=most)
        return read_all(one.decode() for one in ids)
    except (RedisAway, RedisSlow):
        return []


def those_here(visitors: Iterable[UUID]) -> list[Here]:
    """The ones of these who are here now."""
    now = clock.now().timestamp()
    try:
        return [here for here in read_all(one.hex for one in visitors) if here.until > now]
    except (RedisAway, RedisSlow):
        return []


def read(visitor: str) -> Here | None:
    return next(iter(read_all([visitor])), None)


def read_all(visitors: Iterable[str]) -> list[Here]:
    keys = [key_of(visitor) for visitor in visitors]
    found = redis().mget(keys) if keys else []
    return [here_of(json.loads(content)) for content in found if content]


def here_of(content: Mapping[str, Any]) -> Here:
    """A record of another version of ours keeps what this one knows."""
    return Here(**{name: value for name, value in content.items() if name in FIELDS})


def redis() -> Redis:
    return cache._cache.get_client(write=True)


def key_of(visitor: str) -> str:
    return cache.make_key(f"presence:{visitor}")


def index_of(inbox: int) -> str:
    return cache.make_key(f"here:{inbox}")
