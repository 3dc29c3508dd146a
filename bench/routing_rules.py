"""What 200 triggers and 100 assignment rules cost on one event when none of them fires: CPU and questions.

.venv/bin/python -m bench.routing_rules [TRIGGERS]
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.stand import database_alone

TRIGGERS, RULES, EVENTS = 200, 100, 300
MAIL = (
    "Hello,\n\nI ordered two pairs of boots on Monday and the tracking page has said “on its way” for four days now."
    " The courier tells me that they know nothing of it. Could you please have a look? My order is 48213.\n\n"
    "Best regards,\nCarla Conti\n"
)
TOPICS = ("invoice", "refund", "customs form", "password", "voucher", "warranty", "newsletter", "bulk price")


def conditions(number: int) -> dict:
    """As people write them: words, a place, a fact about the customer, a choice of two; nothing that holds."""
    words = ", ".join(f"{topic} {number}" for topic in TOPICS[number % 5 : number % 5 + 3])
    lines = [
        {"field": "subject_or_first", "op": "contains_any", "value": words},
        {"field": "channel", "op": "is", "value": ["telegram", "api"]},
        {"field": "person:plan", "op": "is", "value": f"plan {number}"},
        {"field": "sender", "op": "matches", "value": f"*@shop{number}.example"},
        {"field": "open_tickets", "op": "more", "value": str(40 + number)},
        {"field": "text", "op": "contains_any", "value": f"case {number}, {words}"},
        {"field": "last_rating", "op": "less", "value": "2"},
        {"field": "tag", "op": "has_any", "value": f"vip{number}, gold"},
    ]
    first, second, third = (lines[(number + step) % len(lines)] for step in (0, 3, 5))
    office = {"field": "office", "op": "is", "value": "open"}
    return {"match": "all", "lines": [office, {"match": "any", "lines": [first, second]}, third]}


def many_rules(*, triggers: int, rules: int) -> None:
    """Rows of which none fires on what the bench lets come in."""
    from helpdesk import clock  # noqa: PLC0415  needs the Django just set up
    from helpdesk.events import names  # noqa: PLC0415
    from routing.models import AssignmentRule, Department, Trigger  # noqa: PLC0415

    moments = [names.TICKET_CREATED, names.MESSAGE_RECEIVED]
    Trigger.objects.bulk_create(
        Trigger(
            name=f"Trigger {number}",
            position=number,
            on=moments,
            conditions=conditions(number),
            actions=[{"do": "tag", "value": "x"}],
        )
        for number in range(triggers)
    )
    department = Department.objects.first()
    AssignmentRule.objects.bulk_create(
        AssignmentRule(
            name=f"Rule {number}",
            position=number,
            conditions=conditions(number),
            department=department,
            changed_at=clock.now(),
        )
        for number in range(rules)
    )


def measure(triggers: int = TRIGGERS, rules: int = RULES) -> dict[str, Any]:
    """CPU of an event that all of them are asked about, of the rules and of the case alone, and the questions."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from helpdesk.conditions import case_of  # noqa: PLC0415
    from helpdesk.events import names  # noqa: PLC0415
    from helpdesk.events.models import Event  # noqa: PLC0415
    from routing.assignment.rules import ask, standing_rules  # noqa: PLC0415
    from routing.at_hand import one_stamp  # noqa: PLC0415
    from routing.listening import facts_that_matter, on_event  # noqa: PLC0415

    many_rules(triggers=triggers, rules=rules)
    events = list(Event.objects.filter(name=names.MESSAGE_RECEIVED).order_by("-id")[:EVENTS])

    def whole(event: Event) -> None:
        """The event, told as the jobs tell it, and the rules as a new ticket would have them asked."""
        facts_that_matter()
        on_event(event)

    def rules_alone(event: Event) -> None:
        with one_stamp():
            assert ask(standing_rules(), case_of(event))[1] is None

    whole(events[0])
    with CaptureQueriesContext(connection) as asked:
        whole(events[-1])
    return {
        "triggers": cpu_of(whole, events),
        "rules": cpu_of(rules_alone, events),
        "case": cpu_of(case_of, events),
        "questions": len(asked),
    }


def cpu_of(do: Callable, events: list) -> tuple[float, float]:
    """Of the process's own CPU, in ms: the median, which a busy machine makes larger, and the least."""
    spent = []
    for event in events:
        begin = time.process_time()
        do(event)
        spent.append((time.process_time() - begin) * 1000)
    return statistics.median(spent), min(spent)


def fill() -> None:
    from tests.factories import customer_writes, make_department, make_inbox  # noqa: PLC0415

    inbox = make_inbox(department=make_department("Support"))
    for number in range(EVENTS):
        customer_writes(
            inbox, MAIL, subject="Where are my boots?", email=f"carla{number % 50}@customer.example"
        )


def run(triggers: int = TRIGGERS) -> None:
    with database_alone():
        fill()
        found = measure(triggers, triggers // 2)
    print(
        f"One event, {triggers} triggers and {triggers // 2} assignment rules, none fires: ms of CPU, {EVENTS} times\n"
    )
    print(f"  {'':<30}{'median':>8}{'least':>8}")
    for name, key in (
        ("the event with all triggers", "triggers"),
        ("the assignment rules", "rules"),
        ("of these, the ticket", "case"),
    ):
        print(f"  {name:<30}{found[key][0]:>8.2f}{found[key][1]:>8.2f}")
    print(f"\n  {found['questions']} questions for the event (aim: 6 and 3 ms at most)")


if __name__ == "__main__":
    run(*map(int, sys.argv[1:2]))
