"""Holding one trigger against 100,000 tickets, with the row that shows how far it is; beside one statement that counts the
same with nothing around it.

    .venv/bin/python -m bench.routing_dry_run [TICKETS]
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from bench.stand import database_alone

WITHIN_SECONDS = 2.0
WORDS = "invoice, refund, tracking, zephyrine"
BARE = """SELECT count(*) FROM events_event e JOIN tickets_ticket t ON t.id = e.ticket_id
    LEFT JOIN LATERAL (SELECT m.text FROM tickets_message m WHERE m.ticket_id = t.id AND m.kind = 'incoming'
        ORDER BY m.created_at, m.id LIMIT 1) first ON true
    WHERE e.name = 'ticket.created' AND NOT t.is_spam AND t.trashed_at IS NULL
    AND (t.subject || ' ' || coalesce(first.text, '')) ~* '\\m(invoice|refund|tracking|zephyrine)'"""


def definitions() -> dict[str, dict[str, Any]]:
    """By name, what is tried."""
    from helpdesk.events import names  # noqa: PLC0415

    def asks(*lines: tuple[str, str, Any]) -> dict[str, Any]:
        return {"match": "all", "lines": [{"field": f, "op": o, "value": v} for f, o, v in lines]}

    return {
        "words in subject or first message": {
            "on": [names.TICKET_CREATED],
            "conditions": asks(("subject_or_first", "contains_any", WORDS)),
        },
        "words, channel and plan": {
            "on": [names.TICKET_CREATED],
            "conditions": asks(
                ("subject", "contains_any", WORDS),
                ("channel", "is", ["email"]),
                ("person:plan", "is", "pro"),
            ),
        },
        "without conditions": {"on": [names.TICKET_CREATED], "conditions": asks()},
        "no answer for four hours": {
            "on": ["waits.answer"],
            "after_minutes": 240,
            "clock": "wall",
            "conditions": asks(("priority", "is", ["3", "4"])),
        },
    }


def try_out(definition: dict[str, Any]) -> Callable[[], int]:
    def run() -> int:
        from datetime import timedelta  # noqa: PLC0415

        from helpdesk import clock  # noqa: PLC0415
        from helpdesk.people.models import User  # noqa: PLC0415
        from routing.dry_runs.running import run_dry_run  # noqa: PLC0415
        from routing.models import DryRun  # noqa: PLC0415

        now = clock.now()
        row = DryRun.objects.create(
            kind="trigger",
            definition=definition,
            user=User.objects.first(),
            since=now - timedelta(days=366),
            made_at=now,
        )
        run_dry_run(row.pk)
        row.refresh_from_db()
        if row.state != "done":
            raise SystemExit(f"The dry run is {row.state}.")
        return row.found

    return run


def count_bare() -> int:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(BARE)
        return cursor.fetchone()[0]


def measured(do: Callable[[], int]) -> tuple[int, float, float]:
    """(what it found, seconds on the clock, seconds of this process's CPU), the best of three."""
    best = (0, float("inf"), 0.0)
    for _ in range(3):
        began, cpu = time.perf_counter(), time.process_time()
        found = do()
        spent = time.perf_counter() - began
        if spent < best[1]:
            best = (found, spent, time.process_time() - cpu)
    return best


def run(tickets: int) -> None:
    with database_alone():
        from bench.inbox_year import fill_inbox  # noqa: PLC0415

        fill_inbox(tickets)
        print(f"\nA dry run over {tickets:,} tickets (aim: under {WITHIN_SECONDS:.0f} s)\n")
        print(f"  {'':<40}{'found':>9}{'seconds':>10}{'our CPU':>10}")
        for name, definition in definitions().items():
            found, seconds, cpu = measured(try_out(definition))
            said = "" if seconds < WITHIN_SECONDS else "   too slow"
            print(f"  {name:<40}{found:>9,}{seconds:>10.2f}{cpu:>10.2f}{said}")
        found, seconds, _cpu = measured(count_bare)
        print(f"  {'bare SQL that counts the first of them':<40}{found:>9,}{seconds:>10.2f}")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
