"""The floors of every chat: a websocket that says back what it hears, bare and through Channels."""

import os

from channels.generic.websocket import AsyncWebsocketConsumer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")


async def bare(scope: dict, receive: object, send: object) -> None:
    """Nothing behind it but uvicorn."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (frame := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": frame.get("text")})


class Echo(AsyncWebsocketConsumer):
    """As Channels' own guide writes a chat: what is heard goes to a group by the channel layer, and from there back.
    It stores nothing."""

    async def connect(self) -> None:
        self.group = f"echo.{id(self)}.{os.getpid()}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.channel_layer.group_send(self.group, {"type": "back", "text": text_data})

    async def back(self, said: dict) -> None:
        await self.send(text_data=said["text"])
