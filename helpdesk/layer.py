"""The channel layer: as channels_redis has it, but who listens in the same process hears at once, and not by way of Redis.

A line of a chat and its answer are mostly stored in the very process that holds the sockets of both sides. Every other
process hears by Redis, as ever; what comes back to where it came from is let pass there.
"""

import asyncio
import os
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection
from channels_redis.utils import _wrap_close as flush_when_it_closes

News = Mapping[str, Any]
BY = "_by"  # in the news on their way: which process has sent them


class NearFirstLayer(RedisPubSubChannelLayer):
    """One for the process; what the sockets of each loop listen to is kept by loop."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.mark = uuid4().hex

    @property
    def own_name(self) -> str:
        return f"{self.mark}.{os.getpid()}"  # another after a fork

    def _get_layer(self) -> "NearFirstLoopLayer":
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = NearFirstLoopLayer(*self._args, **self._kwargs, channel_layer=self)
            flush_when_it_closes(self, loop)
        return self._layers[loop]

    def serialize(self, message: News) -> bytes:
        return super().serialize({**message, BY: self.own_name})

    def deserialize(self, message: bytes | News) -> dict[str, Any]:
        """What one socket receives. News from near by have never been bytes; each socket has a dictionary of its own."""
        return dict(message) if isinstance(message, Mapping) else super().deserialize(message)

    def tell_near(self, told: Iterable[tuple[str, News]]) -> None:
        """Tell whoever listens to these groups in this process. From any thread."""
        told = list(told)
        for loop, layer in list(self._layers.items()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(layer.hand_out_all, told)


class NearFirstLoopLayer(RedisPubSubLoopLayer):
    """The groups and channels of one loop."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._shards = [FarShard(shard.host, self) for shard in self._shards]

    async def group_send(self, group: str, message: News) -> None:
        self.channel_layer.tell_near([(group, message)])
        await super().group_send(group, message)

    def hand_out_all(self, told: Iterable[tuple[str, News]]) -> None:
        for group, news in told:
            self.hand_out(self._get_group_channel_name(group), news)

    def hand_out(self, group_channel: str, news: News) -> None:
        for name in self.groups.get(group_channel, ()):
            if queue := self.channels.get(name):
                queue.put_nowait(news)


class FarShard(RedisSingleShardConnection):
    """Redis, by which only what other processes say is heard."""

    def _receive_message(self, message: Mapping[str, Any] | None) -> None:
        if message is None:
            return
        layer, name = self.channel_layer, message["channel"].decode()
        news = layer.channel_layer.deserialize(message["data"])
        by = news.pop(BY, None)
        if queue := layer.channels.get(name):  # said to this one socket
            queue.put_nowait(news)
        elif by != layer.channel_layer.own_name:
            layer.hand_out(name, news)
