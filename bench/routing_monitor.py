"""The monitor's refresh with 20,000 open tickets and 200 agents: CPU of the application and of the database, apart.

.venv/bin/python -m bench.routing_monitor [TICKETS]
"""

import random
import sys
from collections.abc import Callable
from datetime import timedelta

from bench.measure import cost_of, figure_of
from bench.stand import database_alone

AGENTS, DEPARTMENTS, ROUNDS = 200, 8, 40
AIM = 15.0  # milliseconds of CPU


def make_desk(number: int) -> None:
    """Agents in departments, all at their desks; open tickets of which one in five waits, and ten times as many closed."""
    from django.db import connection  # noqa: PLC0415

    from helpdesk import clock  # noqa: PLC0415
    from helpdesk.inboxes.models import Inbox  # noqa: PLC0415
    from helpdesk.people.duty import note_at_desk  # noqa: PLC0415
    from helpdesk.people.models import Contact, User  # noqa: PLC0415
    from helpdesk.tickets.models import Ticket  # noqa: PLC0415
    from routing.models import Department  # noqa: PLC0415

    draw, now = random.Random(7), clock.now()
    agents = User.objects.bulk_create(
        User(email=f"agent{n}@shop.example", name=f"Agent {n}") for n in range(AGENTS)
    )
    departments = Department.objects.bulk_create(
        Department(name=f"Part {n}", position=n) for n in range(DEPARTMENTS)
    )
    for place, agent in enumerate(agents):
        departments[place % DEPARTMENTS].members.add(agent)
        note_at_desk(agent)
    inboxes = [Inbox.objects.create(kind=kind, name=kind) for kind in ("email", "webchat", "telegram")]
    people = Contact.objects.bulk_create(Contact(name=f"Customer {n}") for n in range(number // 4))

    def ticket(place: int, *, is_open: bool) -> Ticket:
        inbox = draw.choice(inboxes)
        asked = now - timedelta(seconds=draw.randrange(60, 200_000))
        waits = is_open and place % 5 == 0
        has_agent = not waits or draw.random() < 0.5
        times = dict.fromkeys(
            ("created_at", "updated_at", "last_message_at", "first_asked_at", "queued_at"), asked
        )
        return Ticket(
            subject=f"Question {place}",
            inbox=inbox,
            channel=inbox.kind,
            department=draw.choice(departments),
            contact=people[place % len(people)],
            status="open" if is_open else "closed",
            assignee=draw.choice(agents) if has_agent else None,
            waiting_since=asked if waits or (is_open and place % 5 == 1) else None,
            first_replied_at=None if waits else asked + timedelta(seconds=30),
            **times,
        )

    Ticket.objects.bulk_create((ticket(n, is_open=True) for n in range(number)), batch_size=5_000)
    Ticket.objects.bulk_create((ticket(n, is_open=False) for n in range(number * 4)), batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measure_monitor(number: int, *, plans: bool) -> None:
    with database_alone():
        from django.db import connection  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        from helpdesk.people.models import User  # noqa: PLC0415
        from routing.monitor import questions  # noqa: PLC0415
        from routing.monitor.snapshot import current_snapshot, take_snapshot  # noqa: PLC0415

        make_desk(number)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = cursor.fetchone()[0]
        boss = User.objects.create(email="boss@shop.example", name="Boss", role="admin")
        client = Client()
        client.force_login(boss)
        if plans:
            show_plans(questions)
        for _ in range(5):
            take_snapshot()
        report("the snapshot, taken", take_snapshot, backend)
        for part, ask in (
            ("the queue", questions.queue_cells),
            ("the longest", questions.longest_waiting),
        ):
            report(f"  of it {part}", ask, backend)
        current_snapshot()
        look = lambda: client.get("/monitor/", headers={"HX-Request": "true", "host": "127.0.0.1"})  # noqa: E731
        assert look().status_code == 200
        report("a look at it, shared or not", look, backend)


def show_plans(questions: object) -> None:
    from routing.monitor.questions import ask  # noqa: PLC0415

    for name, values in (("QUEUE", None), ("LONGEST", {"most": 25})):
        print(f"--- {name}")
        for (line,) in ask("EXPLAIN (ANALYZE, BUFFERS) " + getattr(questions, name), values):
            print("   ", line)


def report(name: str, call: Callable[[], object], backend: int) -> None:
    """Medians of many calls."""
    found = figure_of(name, [cost_of(call, backend) for _ in range(ROUNDS)])
    print(
        f"{name}: {found.wall_ms:.1f} ms; CPU {found.cpu_ms:.1f} ms"
        f" (application {found.app_cpu_ms:.1f}, database {found.db_cpu_ms:.1f})"
    )


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    number = numbers[0] if numbers else 20_000
    print(f"the monitor with {number:,} open tickets and {AGENTS} agents (aim: {AIM:.0f} ms of CPU)")
    measure_monitor(number, plans="--plans" in sys.argv)


if __name__ == "__main__":
    main()
