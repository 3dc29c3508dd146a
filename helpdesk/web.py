"""HTTP requests: each is answered by one thread from beginning to end, and only a few at the same time.

Django's own way goes from the loop into a thread and back five times a request, the thread made for it alone: a third of
what an empty page costs. And where eight browsers ask at once, eight threads that take turns are all late; in order, the
first is on time and the last no later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext, sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

Send = Callable[[dict[str, Any]], Awaitable[None]]
SEATS = 3  # one in Python, the others with the database or Redis
PATIENCE = (
    0.25  # seconds: who has waited so long goes on without a seat; a slow page holds up nobody for longer
)
THREADS = 40


class Seats:
    """At most `size` at once, in the order they came; but nobody waits longer than `patience` seconds."""

    def __init__(self, size: int, patience: float) -> None:
        self.patience = patience
        self.free = asyncio.Semaphore(size)

    @asynccontextmanager
    async def taken(self) -> Iterator[bool]:
        """Says whether there was one."""
        has_seat = await self.wait()
        try:
            yield has_seat
        finally:
            if has_seat:
                self.free.release()

    async def wait(self) -> bool:
        if not self.free.locked():  # nothing to wait for, and no clock to set
            return await self.free.acquire()
        try:
            async with asyncio.timeout(self.patience):
                return await self.free.acquire()
        except TimeoutError:
            return False


class OneThread(ASGIHandler):
    """Middleware and view as under WSGI, in a thread that is kept for the next request."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self.seats = Seats(SEATS, PATIENCE)
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self.in_thread = SyncToAsync(self.answer, thread_sensitive=False, executor=pool)

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            async with self.seats.taken():
                response = await self.in_thread(scope, body)
            if response.streaming:
                await self.stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    def answer(self, scope: dict[str, Any], body: Any) -> HttpResponseBase:
        """All of a request but the sending."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response = refusal if request is None else self.respond(request)
        if response.streaming:
            close_old_connections()  # its parts are made in another thread
        else:
            response.close()
        return response

    def respond(self, request: ASGIRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response._handler_class = self.__class__
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response

    async def stream(self, response: HttpResponseBase, receive: Callable, send: Send) -> None:
        """The parts as they are made, until all are sent or nobody listens any more."""
        async with ThreadSensitiveContext():
            sending = asyncio.ensure_future(self.send_response(response, send))
            leaving = asyncio.ensure_future(receive())
            try:
                await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
                if sending.done():
                    sending.result()
            finally:
                for task in (sending, leaving):
                    task.cancel()
                await asyncio.gather(sending, leaving, return_exceptions=True)
                await sync_to_async(response.close)()
