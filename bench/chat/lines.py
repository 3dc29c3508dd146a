"""A websocket client that costs next to nothing: on two cores the load generator would else be what is measured."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
)
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Line(asyncio.Protocol):
    """One socket. `hears` is told of each JSON frame, `ends` once, with the close code (1006 where it
    just broke) and its reason."""

    def __init__(self, hears: Callable[[dict], None], ends: Callable[[int, str], None] | None = None) -> None:
        self.hears, self.ends = hears, ends
        self.buffer, self.is_open, self.code, self.reason = b"", False, 1006, ""
        self.opened: asyncio.Future = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self.opened.cancelled():
            return
        if not self.opened.done():
            self.opened.set_exception(ConnectionResetError())
        elif self.ends:
            self.ends(self.code, self.reason)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_open and not self.read_handshake():
            return
        while (frame := self.next_frame()) is not None:
            self.take(*frame)

    def read_handshake(self) -> bool:
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            self.opened.set_exception(ConnectionRefusedError(head.split(b"\r\n", 1)[0].decode()))
            self.transport.abort()
            return False
        self.buffer, self.is_open = rest, True
        if self.opened.done():  # nobody waits for it any more
            self.transport.abort()
            return False
        self.opened.set_result(None)
        return True

    def next_frame(self) -> tuple[int, bytes] | None:
        """Whole frames only, never fragmented and never masked: so our server sends them."""
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 127, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(buffer) < start:
                return None
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return None
        self.buffer = buffer[start + size :]
        return buffer[0] & 15, buffer[start : start + size]

    def take(self, opcode: int, content: bytes) -> None:
        if opcode == TEXT:
            self.hears(json.loads(content))
        elif opcode == PING:
            self.write(PONG, content)
        elif opcode == CLOSE:
            self.code, self.reason = int.from_bytes(content[:2], "big") or 1005, content[2:].decode()
            self.write(CLOSE, content[:2])
            self.transport.close()

    def say(self, **frame: Any) -> None:
        self.write(TEXT, json.dumps(frame).encode())

    def write(self, opcode: int, content: bytes) -> None:
        """Masked by zeros, which is allowed and leaves the bytes as they are."""
        size = len(content)
        if size < 126:
            head = bytes([0x80 | opcode, 0x80 | size])
        else:
            head = bytes([0x80 | opcode, 0x80 | 126]) + size.to_bytes(2, "big")
        self.transport.write(head + b"\0\0\0\0" + content)

    def cut(self) -> None:
        self.ends = None
        self.transport.abort()


async def open_line(
    url: str, hears: Callable[[dict], None], ends: Callable[[int, str], None] | None = None, headers: str = ""
) -> Line:
    """Raises OSError where nobody listens or the server says no."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    transport, line = await loop.create_connection(lambda: Line(hears, ends), parts.hostname, parts.port)
    transport.write(HANDSHAKE.format(path=parts.path, host=parts.netloc, more=headers).encode())
    await line.opened
    return line
