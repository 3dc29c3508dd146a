"""Many open widgets that say nothing: what each weighs, what its pings write, and whether pages are answered as before."""

import asyncio
import statistics
import time
from pathlib import Path

from asgiref.sync import sync_to_async
from django.db import connection

from bench.chat.browsers import Browser
from bench.chat.lines import Line, open_line
from bench.chat.servers import BARE, echo_server
from bench.chat.widgets import PING, Widget, alive, open_widgets
from bench.measure import Figure, cpu_seconds, percentile
from bench.stand import Stand

WARM = 200
PAGES = 100
STATISTICS_WITHIN = 12  # seconds after which PostgreSQL's counters know everything
WRITTEN = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"


async def crowd(running: Stand, inbox: str, tokens: list[str]) -> list[Figure]:
    """Open a widget for each of these tokens, let them ping, and ask for a page meanwhile."""
    figures = [await weigh_bare(len(tokens))]
    [web] = running.pids("web")
    page = f"/widget/frame/{inbox}/"
    warm = await open_widgets(running.url, inbox, tokens[:WARM])
    alone = await page_times(running, page)
    for widget in warm:
        widget.end()
    await asyncio.sleep(2)
    kilobytes, cpu, begun = resident(web), cpu_seconds([web]), time.perf_counter()
    widgets = await open_widgets(running.url, inbox, tokens)
    took = time.perf_counter() - begun
    each = (resident(web) - kilobytes) / len(tokens)
    spent = (cpu_seconds([web]) - cpu) * 1000 / len(tokens)
    facts = {"kB each": each, "hello, CPU ms": spent, "hellos a second": len(tokens) / took}
    figures.append(Figure(f"{len(tokens):,} widgets open", len(tokens), took * 1000, 0, spent, facts=facts))
    async with alive(widgets):
        figures += await pinging(running, web, widgets)
        crowded = await page_times(running, page)
    figures.append(page_figure("a page, nobody else there", alone))
    figures.append(page_figure(f"a page, {len(tokens):,} widgets open and pinging", crowded))
    for widget in widgets:
        widget.end()
    return figures


async def weigh_bare(count: int) -> Figure:
    """The same number of sockets at a uvicorn with nothing behind it."""
    async with echo_server(BARE, {}) as (url, server):
        lines = [await open_line(url, lambda _: None) for _ in range(WARM)]
        before = resident(server)
        lines += [await open_line(url, lambda _: None) for _ in range(count)]
        each = (resident(server) - before) / count
        cut(lines)
    return Figure(f"{count:,} bare sockets open", count, 0, 0, facts={"kB each": each})


def cut(lines: list[Line]) -> None:
    for line in lines:
        line.cut()


def resident(process: int) -> int:
    """kB of memory that the process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * 4


async def pinging(running: Stand, web: int, widgets: list[Widget]) -> list[Figure]:
    """One round of pings: their CPU, and the rows that were written meanwhile."""
    await asyncio.sleep(STATISTICS_WITHIN)
    written, cpu = await sync_to_async(rows_written)(), cpu_seconds([web])
    begun, pongs = time.perf_counter(), sum(widget.pongs for widget in widgets)
    await asyncio.sleep(PING + STATISTICS_WITHIN)
    took, count = time.perf_counter() - begun, sum(widget.pongs for widget in widgets) - pongs
    spent = (cpu_seconds([web]) - cpu) * 1000
    rows = {name: now - written.get(name, 0) for name, now in (await sync_to_async(rows_written)()).items()}
    rows = {name: count for name, count in rows.items() if count}
    facts = {"rows written meanwhile": rows, "web's CPU": spent / took / 1000}
    return [
        Figure(f"{count:,} pings", count, took * 1000 / max(count, 1), 0, spent / max(count, 1), facts=facts)
    ]


def rows_written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return dict(cursor.fetchall())


async def page_times(running: Stand, path: str) -> list[float]:
    browser, times = Browser(running.url), []
    for number in range(PAGES + 10):
        begun = time.perf_counter()
        status, _ = await browser.get(path)
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        if number >= 10:
            times.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.02)
    browser.close()
    return times


def page_figure(name: str, times: list[float]) -> Figure:
    return Figure(name, len(times), statistics.median(times), percentile(times, 95))
