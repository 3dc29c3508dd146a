"""Drawings that are kept under all that they were drawn from."""

from collections.abc import Callable
from hashlib import blake2b
from pickle import dumps

TOKEN = "\0"  # where a form's token stands in what is kept; no text of ours has such a sign


class Drawings:
    """At most `most` of them, in this process. `token` is the only thing in a drawing that is another for each page."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.known: dict[bytes, str] = {}

    def get(self, drawn_from: object, token: str, draw: Callable[[], str]) -> str:
        """What `draw` says; asked once for what it is `drawn_from`: plain values, all that it depends on."""
        key = blake2b(dumps((drawn_from, bool(token))), digest_size=20).digest()
        drawn = self.known.get(key)
        if drawn is not None:
            return drawn.replace(TOKEN, token) if token else drawn
        drawn = draw()
        if len(self.known) >= self.most:
            self.known.clear()
        self.known[key] = drawn.replace(token, TOKEN) if token else drawn
        return drawn
