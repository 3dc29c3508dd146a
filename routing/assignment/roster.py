"""Who can be given tickets now: at the desk, takes new ones, is of the department; with what they carry."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.people.duty import agents_at_desk
from helpdesk.prepared import fetch
from routing.assignment.choosing import Candidate
from routing.models import LoadSettings

# An answered chat still takes its agent's time; an answered mail does not until the customer writes again.
LIVE = (Inbox.Kind.WEBCHAT.value, Inbox.Kind.PHONE.value)
TALK_LASTS = timedelta(minutes=30)

MAKE_ROWS = """
INSERT INTO routing_workload (user_id, weights, channels, recalled_to)
SELECT DISTINCT m.user_id, '{}'::jsonb, '{}'::varchar[], '{}'::varchar[] FROM routing_department_members m
WHERE m.department_id = ANY(%s) AND NOT EXISTS (SELECT FROM routing_workload w WHERE w.user_id = m.user_id)
ON CONFLICT DO NOTHING"""
AGENTS = """
SELECT u.id, coalesce(nullif(u.name, ''), u.email), w.capacity, w.weights::text, w.channels, extract(epoch FROM w.given_at)::float8,
    w.recalled_until > %(now)s, w.recalled_to,
    (SELECT d.id FROM routing_department d WHERE d.id = w.recalled_into_id AND (NOT d.is_restricted OR u.role = 'admin')),
    ARRAY(SELECT m.department_id FROM routing_department_members m WHERE m.user_id = u.id),
    ARRAY(SELECT s.skill_id FROM routing_skill_agents s WHERE s.user_id = u.id),
    (SELECT jsonb_agg(s.channels)::text FROM routing_shift s
        WHERE s.user_id = u.id AND s.starts_at <= %(now)s AND s.ends_at > %(now)s)
FROM routing_workload w JOIN people_user u ON u.id = w.user_id
WHERE u.is_active AND u.id = ANY(%(there)s)
    AND NOT EXISTS (SELECT FROM people_availability a
        WHERE a.user_id = u.id AND a.state <> 'online' AND (a.until IS NULL OR a.until > %(now)s))
    AND (w.recalled_into_id = ANY(%(departments)s) AND w.recalled_until > %(now)s OR EXISTS (
        SELECT FROM routing_department_members m WHERE m.user_id = u.id AND m.department_id = ANY(%(departments)s)))
ORDER BY u.id"""
LOCK = " FOR NO KEY UPDATE OF w"
OURS = """
SELECT assignee_id, channel FROM tickets_ticket
WHERE {whose} AND status IN ('new', 'open') AND NOT is_spam AND snoozed_until IS NULL
    AND trashed_at IS NULL"""
# Each half has an index that holds no other rows: what waits for us, and what was said lately.
LOADS = f"""
SELECT assignee_id, channel, count(*) FROM (
    {OURS} AND waiting_since IS NOT NULL
    UNION ALL
    {OURS} AND waiting_since IS NULL AND channel = ANY(%(live)s) AND last_message_at > %(since)s
) carried GROUP BY 1, 2"""
OF_THESE, OF_ALL = (
    LOADS.format(whose=whose) for whose in ("assignee_id = ANY(%(agents)s)", "assignee_id IS NOT NULL")
)
FEW = 50  # people; of more it is quicker to read what is kept of everybody than to name them


@dataclass(frozen=True)
class Rates:
    """What holds for everybody who has nothing of their own."""

    capacity: int
    weights: dict[str, int]


def read_rates() -> Rates:
    rates = LoadSettings.get()
    return Rates(rates.capacity, {kind: rates.weight_of(kind) for kind in Inbox.Kind.values})


def read_roster(departments: Collection[int], *, locked: bool = False) -> list[Candidate]:
    """Everybody who could take a ticket of these departments (ids) now, with their loads. `locked`: nobody else gives
    them anything until the transaction ends; the loads are read once the locks are held."""
    there = agents_at_desk()
    if not there:
        return []
    now, rates = clock.now(), read_rates()
    asked = {"now": now, "there": list(there), "departments": list(departments)}
    with connection.cursor() as cursor:
        cursor.execute(AGENTS + (LOCK if locked else ""), asked)
        candidates = [candidate_of(row, rates) for row in cursor.fetchall()]
    enter_loads(candidates, now)
    return candidates


def make_workloads(departments: Collection[int]) -> None:
    """Every member needs a row to be locked by."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE_ROWS, [list(departments)])


def candidate_of(row: tuple, rates: Rates) -> Candidate:
    (
        pk,
        name,
        capacity,
        weights,
        usual,
        given_at,
        is_recalled,
        recalled_to,
        into,
        departments,
        skills,
        shifts,
    ) = row
    return Candidate(
        id=pk,
        name=name,
        capacity=capacity or rates.capacity,
        weights=rates.weights | {channel: int(points) for channel, points in json.loads(weights).items()},
        departments=frozenset([*departments, *([into] if is_recalled and into else [])]),
        skills=frozenset(skills),
        channels=channels_now(usual, json.loads(shifts or "[]"), recalled_to if is_recalled else None),
        given_at=given_at or 0,
    )


def channels_now(
    usual: Iterable[str], shifts: Iterable[Iterable[str]], recalled_to: Iterable[str] | None
) -> frozenset[str] | None:
    """Which channels somebody serves: a recall comes before the shifts that run, those before what is usual. In each an
    empty list means all (None)."""
    if recalled_to is not None:
        return frozenset(recalled_to) or None
    running = [frozenset(each) for each in shifts]
    if running:
        return None if not all(running) else frozenset().union(*running)
    return frozenset(usual) or None


def enter_loads(candidates: Collection[Candidate], now: datetime) -> None:
    """What each carries now: the points of open tickets that wait for an answer of theirs, and of chats that run. Channels
    they do not serve now do not count: who is called to the chats puts their mail aside."""
    known = {one.id: one for one in candidates}
    for agent, channel, count in carried_by(list(known), now):
        one = known.get(agent)
        if one and one.serves(channel):
            one.load += one.weight_of(channel) * count


def carried_by(agents: list[int], now: datetime) -> list[tuple]:
    """(agent, channel, tickets), of these at least."""
    asked = {"live": list(LIVE), "since": now - TALK_LASTS}
    if len(agents) >= FEW:
        return fetch(connection, OF_ALL, asked)
    with connection.cursor() as cursor:
        cursor.execute(OF_THESE, asked | {"agents": agents})
        return cursor.fetchall()
