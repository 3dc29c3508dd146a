"""News go straight to the sockets of the same process, by Redis to those of the others, and to each of them once."""

import asyncio

from django.conf import settings

from helpdesk.layer import NearFirstLayer

CONFIG = settings.CHANNEL_LAYERS["default"]["CONFIG"]


async def listening(layer, group):
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    return channel


async def test_each_process_hears_everything_once():
    one, other = NearFirstLayer(**CONFIG), NearFirstLayer(**CONFIG)
    near, far = await listening(one, "tea"), await listening(other, "tea")
    await one.group_send("tea", {"type": "first"})
    assert await other.receive(far) == await one.receive(near) == {"type": "first"}
    await other.group_send("tea", {"type": "second"})
    assert await other.receive(far) == {"type": "second"}
    # What `one` said itself came back to it by Redis before this, and was let pass.
    assert await one.receive(near) == {"type": "second"}
    for layer in (one, other):
        await layer.flush()


async def test_what_ordinary_code_tells_is_heard_near_by_without_redis():
    layer = NearFirstLayer(**CONFIG)
    channel = await listening(layer, "tea")
    layer.tell_near([("coffee", {"type": "other"}), ("tea", {"type": "news", "numbers": [1, 2]})])
    assert await layer.receive(channel) == {"type": "news", "numbers": [1, 2]}
    await layer.flush()


async def test_one_socket_may_be_told_by_its_name_and_each_has_its_own_copy():
    layer = NearFirstLayer(**CONFIG)
    channels = [await listening(layer, "tea") for _ in range(2)]
    await layer.send(channels[0], {"type": "only you"})
    assert await layer.receive(channels[0]) == {"type": "only you"}
    await layer.group_send("tea", {"type": "all"})
    heard = [await layer.receive(channel) for channel in channels]
    heard[0]["type"] = "changed"
    assert heard[1] == {"type": "all"}
    await layer.flush()


async def test_what_is_said_in_another_loop_of_the_process_is_heard_too():
    layer = NearFirstLayer(**CONFIG)
    channel = await listening(layer, "tea")
    await asyncio.to_thread(lambda: asyncio.run(layer.group_send("tea", {"type": "news"})))
    assert await asyncio.wait_for(layer.receive(channel), 10) == {"type": "news"}
    await layer.flush()
