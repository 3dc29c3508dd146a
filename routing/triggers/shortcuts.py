"""The ready texts and macros that a trigger can use, as (key, label)."""

from django.db.models import F, Q

from helpdesk.conditions.choices import Choices
from helpdesk.tickets.models import Shortcut, Ticket


def shortcuts() -> Choices:
    """Those with a text that are not one person's alone."""
    shared = Shortcut.objects.standing().shared().exclude(text="").order_by("name")
    return named(shared.values_list("name", flat=True).distinct())


def macros() -> Choices:
    """Those with steps that are not one person's alone."""
    shared = Shortcut.objects.standing().shared().exclude(actions=[]).order_by("name")
    return named(shared.values_list("name", flat=True).distinct())


def named(names: list[str]) -> Choices:
    return [(name, f"/{name}") for name in names]


def macro_named(name: str, ticket: Ticket) -> Shortcut | None:
    """That of the ticket's department before the one for all; None where there is none."""
    theirs = Q(department=None) | Q(department=ticket.department_id)
    found = Shortcut.objects.standing().shared().filter(theirs, name=name).exclude(actions=[])
    return found.order_by(F("department").asc(nulls_last=True)).first()
