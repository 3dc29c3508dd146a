"""Filling an empty desk with a year of sessions, two days at a time, and counting it as the product does."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from math import inf
from threading import local
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.utils import timezone

from bench.funnel_rows import Day, deal_decks, share_out, write_day
from bench.loading import AT_ONCE, Bar, without_indexes
from funnel.models import Edition, SupportSession
from funnel.report.period import last_months
from funnel.tallies.building import EVERYBODY
from funnel.tallies.editions import live_editions, retire, start_edition
from funnel.tallies.lock import alone
from funnel.tallies.refresh import refresh
from helpdesk.people.models import User, Workspace
from routing.models import Department

SEED = 20261122
ZONE = "Europe/Rome"  # with daylight saving days
DEPARTMENTS = ("Support", "Orders", "Billing", "Returns", "Technical", "Sales", "Partners", "Legal")
AGENTS = 40
TABLES = ("funnel_supportsession", "funnel_supportconversation", "events_event")


@dataclass(frozen=True)
class Written:
    """What was written and in how many seconds."""

    sessions: int
    conversations: int
    seconds: float


def write_year(sessions: int, *, months: int = 12) -> Written:
    """The last of the months is the current one, so far. Nobody else reckons the funnel meanwhile."""
    begun, url = time.perf_counter(), os.environ["DATABASE_URL"]
    now = timezone.now().astimezone(ZoneInfo(ZONE)).replace(microsecond=0)
    first = last_months(months, today=now.date(), zone=now.tzinfo).since
    days = share_out(sessions, first, now, random.Random(SEED))
    with alone(wait=True):
        edition = prepare_desk(now)
        people = {"departments": departments(), "agents": agents()}
        with without_indexes(url, TABLES):
            write_days(url, days, edition=edition.pk, people=max(sessions // 3, 1), now=now, **people)
        with psycopg.connect(url, autocommit=True) as database:
            for table in TABLES:
                database.execute(f"VACUUM ANALYZE {table}")
            conversations = database.execute("SELECT count(*) FROM funnel_supportconversation").fetchone()[0]
    return Written(sessions, conversations, time.perf_counter() - begun)


def count_year() -> float:
    """All tallies anew, from the rows, as `manage.py funnel_rebuild --days` has them. Returns the seconds."""
    begun = time.perf_counter()
    edition = start_edition(reason="asked", keeps_facts=True)
    with Bar("days", edition.steps) as bar:
        refresh(timezone.now(), build_for=inf, wait=True, on_step=lambda _what, done, of: bar.show(done, of))
    return time.perf_counter() - begun


def prepare_desk(now: datetime) -> Edition:
    """The edition that the rows belong to, in the place of those of the empty desk."""
    if SupportSession.objects.exists():
        raise SystemExit("This desk has sessions already: choose an empty one by HELPDESK_DATA.")
    Workspace.objects.filter(pk=Workspace.get().pk).update(time_zone=ZONE)
    for edition in live_editions():
        retire(edition)
    edition = Edition(state=Edition.State.CURRENT, time_zone=ZONE, made_at=now, reached=EVERYBODY)
    edition.read_until = edition.reckoned_at = edition.finished_at = now
    edition.save()
    Edition.objects.filter(pk=edition.pk).update(facts=edition)
    return edition


def departments() -> list[int]:
    return [Department.objects.get_or_create(name=name)[0].pk for name in DEPARTMENTS]


def agents() -> list[int]:
    emails = {f"agent{n}@bench.test": f"Agent {n}" for n in range(1, AGENTS + 1)}
    return [
        User.objects.get_or_create(email=email, defaults={"name": name})[0].pk
        for email, name in emails.items()
    ]


def write_days(url: str, days: list[Day], *, departments: list[int], **desk: Any) -> None:
    own, opened = local(), []

    def write(day: Day) -> int:
        if not hasattr(own, "database"):
            own.database = psycopg.connect(url, autocommit=True)
            opened.append(own.database)
            own.database.execute("SET synchronous_commit = off; SET max_parallel_workers_per_gather = 0")
            deal_decks(own.database, departments, SEED)
        write_day(own.database, day, **desk)
        return day.sessions

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool, Bar("sessions", sum(day.sessions for day in days)) as bar:
            waiting = [pool.submit(write, day) for day in days]
            for done in as_completed(waiting):
                bar.step(done.result())
    finally:
        for database in opened:
            database.close()
