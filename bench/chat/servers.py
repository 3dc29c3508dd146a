"""The floor's servers, each a uvicorn of its own with the options of the product's."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator

from bench.chat.lines import open_line
from bench.stand import ROOT
from helpdesk.supervisor.ports import free_port

ORIGIN = "Origin: http://127.0.0.1\r\n"
ECHO_SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.chat.echo_settings"}
BARE, CHANNELS = "bench.chat.echo:bare", "bench.chat.echo_site:application"


@contextlib.asynccontextmanager
async def echo_server(application: str, env: dict[str, str]) -> AsyncIterator[tuple[str, int]]:
    """-> (its address, its process id), once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--lifespan", "off"]
    command += ["--ws-per-message-deflate", "false", "--log-level", "error"]
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        url = f"ws://127.0.0.1:{port}/ws/echo/"
        await until_it_answers(url)
        yield url, server.pid
    finally:
        server.kill()
        server.wait(10)


async def until_it_answers(url: str) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            line = await open_line(url, lambda _: None, headers=ORIGIN)
            line.cut()
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"The echo server at {url} did not start.")
