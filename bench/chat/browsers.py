"""HTTP as the load generator speaks it: one kept connection, one request at a time, hardly any CPU of its own."""

import asyncio
import re
from urllib.parse import urlencode, urlsplit


class Browser:
    """Keeps its connection and its cookies. `get` and `post` give (status, body); OSError where nobody answers."""

    def __init__(self, url: str) -> None:
        self.host, self.cookies = urlsplit(url).netloc, {}
        self.stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        return await self.ask("GET", path, "", headers)

    async def post(self, path: str, form: dict[str, object], **headers: str) -> tuple[int, str]:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return await self.ask("POST", path, urlencode(form), headers)

    async def ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        if self.stream is None or self.stream[0].at_eof():  # the server closes one that rests
            name, port = self.host.split(":")
            self.stream = await asyncio.open_connection(name, int(port), limit=2**22)
        reader, writer = self.stream
        headers = {"Host": self.host, "Content-Length": str(len(body.encode())), **headers}
        if self.cookies:
            headers["Cookie"] = self.cookie
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n{body}".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        for name, value in re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r]*)", head):
            self.cookies[name] = value
        return int(head.split(" ", 2)[1]), (await self.body(reader, head)).decode()

    async def body(self, reader: asyncio.StreamReader, head: str) -> bytes:
        if found := re.search(r"(?im)^content-length: (\d+)", head):
            return await reader.readexactly(int(found[1]))
        parts = []
        while size := int(await reader.readline(), 16):  # chunked
            parts.append((await reader.readexactly(size + 2))[:-2])
        await reader.readline()
        return b"".join(parts)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        if self.stream:
            self.stream[1].close()
            self.stream = None
