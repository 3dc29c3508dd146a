"""The bench's settings with the channel layer that channels_redis ships: of it the echo is the measure, and not of ours."""

from bench.settings import *  # noqa: F403
from bench.settings import CHANNEL_LAYERS as OURS

STOCK = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}
CHANNEL_LAYERS = {"default": OURS["default"] | STOCK}
