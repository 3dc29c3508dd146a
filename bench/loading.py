"""What filling big tables needs: a bar that says how far it is, and indexes that are made at the end."""

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager

import psycopg

AT_ONCE = 2  # connections; the database does the work
BAR = 40


@contextmanager
def without_indexes(url: str, tables: Sequence[str]) -> Iterator[None]:
    """Making an index at the end is much faster than keeping it right for each of five million rows."""
    kept = """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN (
        SELECT conname FROM pg_constraint WHERE conrelid IN (SELECT to_regclass(t) FROM unnest(%s::text[]) t))"""
    with psycopg.connect(url, autocommit=True) as database:
        indexes = database.execute(kept, [list(tables), list(tables)]).fetchall()
        indexes.sort(key=lambda one: "USING gin" not in one[1])  # those over words take longest: begun first
        for name, _ in indexes:
            database.execute(f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        with ThreadPoolExecutor(AT_ONCE) as pool, Bar("indexes", len(indexes)) as bar:
            waiting = [pool.submit(make_index, url, definition) for _, definition in indexes]
            for made in as_completed(waiting):
                made.result()
                bar.step()


def make_index(url: str, definition: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("SET maintenance_work_mem = '512MB'")
        database.execute(definition)


class Bar:
    """A progress bar with the time left; a line at the end only, where nobody watches."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done, self.begun = what, total, 0, time.perf_counter()
        self.is_watched = sys.stderr.isatty()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *raised: object) -> None:
        print(f"{self.line()}, {time.perf_counter() - self.begun:.0f} s", file=sys.stderr)

    def step(self, count: int = 1) -> None:
        self.show(self.done + count, self.total)

    def show(self, done: int, of: int) -> None:
        self.done, self.total = done, of
        if self.is_watched:
            past = time.perf_counter() - self.begun
            left = past / self.done * (self.total - self.done) if self.done else 0
            print(f"{self.line()}, {left:.0f} s left ", end="", file=sys.stderr, flush=True)

    def line(self) -> str:
        full = BAR * self.done // self.total if self.total else BAR
        start = "\r" if self.is_watched else ""
        return f"{start}{self.what:<10}[{'=' * full}{' ' * (BAR - full)}] {self.done:,} of {self.total:,}"
