"""The cache is a convenience: with Redis away pages are slower and limits are not counted, but nobody is turned away."""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

log = logging.getLogger(__name__)


def forgiving(method: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """The method; with Redis away what `otherwise` gives for the same arguments."""

    @wraps(method)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return method(*arguments, **options)
        except (RedisAway, RedisSlow) as error:
            log.warning("The cache is away (%s): %s does without.", error, method.__name__)
            return otherwise(*arguments, **options)

    return call


class KeptClients(RedisCacheClient):
    """One client for all threads, which it allows, instead of one for each question: to make one costs as much as to ask."""

    def __init__(self, servers: Sequence[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._clients: dict[int, Redis] = {}

    def get_client(self, key: object = None, *, write: bool = False) -> Redis:
        index = self._get_connection_pool_index(write)
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]


class CacheThatMayBeAway(RedisCache):
    """As if it were empty while Redis is away. `add` then says yes: what it guards is done rather than refused."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClients

    add = forgiving(RedisCache.add, lambda *_, **__: True)
    delete_many = forgiving(RedisCache.delete_many, lambda *_, **__: None)
    get = forgiving(RedisCache.get, lambda self, key, default=None, version=None: default)
    get_many = forgiving(RedisCache.get_many, lambda *_, **__: {})
    has_key = forgiving(RedisCache.has_key, lambda *_, **__: False)
    incr = forgiving(RedisCache.incr, lambda self, key, delta=1, version=None: delta)
    set = forgiving(RedisCache.set, lambda *_, **__: None)
    set_many = forgiving(RedisCache.set_many, lambda *_, **__: [])
    touch = forgiving(RedisCache.touch, lambda *_, **__: False)

    def count(self, keys: Sequence[str], seconds: int) -> list[int]:
        """Add one to each of these counters, in one round trip; the counts. Each is forgotten after so many seconds."""
        with self._cache.get_client(write=True).pipeline(transaction=False) as asked:
            for key in keys:
                made = self.make_and_validate_key(key)
                asked.incr(made)
                asked.expire(made, seconds)
            return asked.execute()[::2]

    count = forgiving(count, lambda self, keys, seconds: [1 for _ in keys])
    delete = forgiving(RedisCache.delete, lambda *_, **__: False)
