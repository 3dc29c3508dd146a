"""Giving 5,000 waiting tickets to 40 agents by 8 workers at once, beside the bare statements: the same workers that take a
ticket nobody holds (FOR UPDATE SKIP LOCKED), write an agent into it and commit, one by one, and in as large bites as ours.

    .venv/bin/python -m bench.routing_assignment [TICKETS]
"""

import multiprocessing
import sys
import time
from collections.abc import Callable

from bench.stand import database_alone

AGENTS, WORKERS, RUNS = 40, 8, 3
TAKE = """
SELECT id FROM tickets_ticket
WHERE assignee_id IS NULL AND status IN ('new', 'open') AND NOT is_spam AND snoozed_until IS NULL AND trashed_at IS NULL
    AND queued_at IS NOT NULL AND department_id = %s
ORDER BY priority DESC, waiting_since, id LIMIT %s FOR UPDATE SKIP LOCKED"""
GIVE = "UPDATE tickets_ticket SET assignee_id = %s, status = 'open' WHERE id = ANY(%s)"


def make_team() -> int:
    """The id of a department that assigns by itself, with 40 people at their desks."""
    from helpdesk.people.duty import note_at_desk  # noqa: PLC0415
    from helpdesk.people.models import User  # noqa: PLC0415
    from routing.models import Department, Workload  # noqa: PLC0415

    department = Department.objects.create(name="Support", assigning=Department.Assigning.AUTOMATIC)
    for number in range(AGENTS):
        agent = User.objects.create(email=f"agent{number}@shop.example", name=f"Agent {number}")
        department.members.add(agent)
        Workload.objects.create(user=agent, capacity=1000)
        note_at_desk(agent)
    return department.pk


def make_tickets(department: int, number: int) -> None:
    """Four mails to one chat, of a fifth as many customers."""
    from helpdesk import clock  # noqa: PLC0415
    from helpdesk.inboxes.models import Inbox  # noqa: PLC0415
    from helpdesk.people.models import Contact  # noqa: PLC0415
    from helpdesk.tickets.models import Ticket  # noqa: PLC0415

    inboxes = {kind: Inbox.objects.create(kind=kind, name=kind) for kind in ("email", "webchat")}
    people = Contact.objects.bulk_create(Contact(name=f"Customer {n}") for n in range(max(1, number // 5)))
    now = clock.now()
    times = dict.fromkeys(
        ("created_at", "updated_at", "last_message_at", "first_asked_at", "queued_at", "waiting_since"), now
    )
    Ticket.objects.bulk_create(
        Ticket(
            subject=f"Question {n}",
            inbox=inboxes["webchat" if n % 5 == 0 else "email"],
            channel="webchat" if n % 5 == 0 else "email",
            department_id=department,
            contact=people[n % len(people)],
            priority=1 + n % 4,
            **times,
        )
        for n in range(number)
    )


def forget_assignments() -> None:
    """All wait again, and everybody's desk has just given a sign."""
    from django.db import connection  # noqa: PLC0415

    from helpdesk.people.duty import note_at_desk  # noqa: PLC0415
    from helpdesk.people.models import User  # noqa: PLC0415

    for agent in User.objects.all():
        note_at_desk(agent)

    with connection.cursor() as cursor:
        for table in ("events_event", "routing_trace", "routing_placement"):
            cursor.execute(f"TRUNCATE {table}")  # noqa: S608  names of ours
        cursor.execute("UPDATE tickets_ticket SET assignee_id = NULL, status = 'new'")
        cursor.execute("VACUUM ANALYZE tickets_ticket")


def take_ours(_department: int, _agents: list[int]) -> int:
    from routing.assignment.engine import assign_waiting  # noqa: PLC0415

    return assign_waiting()


def take_bare(bite: int) -> Callable[[int, list[int]], int]:
    def take(department: int, agents: list[int]) -> int:
        from django.db import connection, transaction  # noqa: PLC0415

        total = 0
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(TAKE, [department, bite])
                ids = [pk for (pk,) in cursor.fetchall()]
                if ids:
                    cursor.execute(GIVE, [agents[total % len(agents)], ids])
            if not ids:
                return total
            total += len(ids)

    return take


WAYS = {"ours": take_ours, "bare, one by one": take_bare(1), "bare, 200 at once": take_bare(200)}


def work(way: str, department: int, agents: list[int], start: object, told: object) -> None:
    import django  # noqa: PLC0415  a process of its own

    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    warm_up()
    start.wait()
    began = time.process_time()
    given = WAYS[way](department, agents)
    told.put((given, time.perf_counter(), time.process_time() - began))


def warm_up() -> None:
    """A worker of the product has long met its broker and its listeners when something is to be given out."""
    from django.conf import settings  # noqa: PLC0415
    from django.utils.module_loading import import_string  # noqa: PLC0415

    from helpdesk.jobs import queue  # noqa: PLC0415
    from routing.assignment.roster import read_roster  # noqa: PLC0415

    queue("helpdesk.events.tasks.tell_later")
    for path in (*settings.LISTENERS_NOW, *settings.LISTENERS_LATER):
        import_string(path)
    read_roster([0])


def race(way: str, department: int, agents: list[int]) -> tuple[float, float, int]:
    """Seconds from the shot until the last worker has found nothing more, CPU seconds of the workers, and how many were given."""
    many = multiprocessing.get_context("spawn")
    start, told = many.Barrier(WORKERS + 1), many.Queue()
    workers = [many.Process(target=work, args=(way, department, agents, start, told)) for _ in range(WORKERS)]
    for each in workers:
        each.start()
    start.wait()
    began = time.perf_counter()
    results = [told.get() for _ in workers]
    for each in workers:
        each.join()
    ended = max(at for _, at, _ in results)
    return ended - began, sum(cpu for *_, cpu in results), sum(given for given, *_ in results)


def measure_assignment(number: int) -> dict[str, float]:
    """Way -> the median of its seconds, in an empty helpdesk of its own."""
    with database_alone():
        from django.db import connection  # noqa: PLC0415

        from helpdesk.people.models import User  # noqa: PLC0415

        department = make_team()
        make_tickets(department, number)
        agents = list(User.objects.values_list("pk", flat=True))
        seconds: dict[str, list[float]] = {way: [] for way in WAYS}
        for run in range(RUNS):
            for way in WAYS:
                forget_assignments()
                took, cpu, given = race(way, department, agents)
                assert given == number, f"{way}: {given} of {number}"
                seconds[way].append(took)
                print(f"  run {run + 1}, {way}: {took:.2f} s, {cpu:.2f} s of CPU in the workers")
        connection.close()
        return {way: sorted(each)[len(each) // 2] for way, each in seconds.items()}


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    found = measure_assignment(number)
    for way, took in found.items():
        print(f"{number:,} tickets to {AGENTS} agents by {WORKERS} workers, {way}: {took:.2f} s")
    print(f"ours / bare one by one: {found['ours'] / found['bare, one by one']:.2f} (aim: 3 at most)")


if __name__ == "__main__":
    main()
