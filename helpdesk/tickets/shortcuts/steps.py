"""What a macro can do: each kind is one row of STEPS and calls the verb that a button would call.

A step is {"do": key, "value": text}. What it changed on the ticket is put back by tickets/undoing.py; a note it wrote is
given back, so that it can be taken away again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.errors import Invalid, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets import actions, snoozing
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.querysets import UNFINISHED
from helpdesk.tickets.shortcuts.placeholders import fill_in_alone
from helpdesk.tickets.writing import LONGEST_TEXT, add_note

ME, NOBODY = "me", "nobody"
YOU = "you"  # never kept: "me", said to whoever it is
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Step:
    key: str
    label: str | Promise
    kind: str  # choice, tags, words, nothing: what its value is
    do: Callable[[Ticket, str, User], Message | None]
    offers: Callable[[User], Choices] | None = None


def transfer(ticket: Ticket, value: str, user: User) -> None:
    to = next((one for one in departments_of(user) if str(one.pk) == value), None)
    if to is None:
        raise NotThere(_("The department of this macro is closed to you, or no longer in use."))
    actions.transfer_ticket(ticket, to=to, by=Actor.agent(user))


def assign(ticket: Ticket, value: str, user: User) -> None:
    to = user if value == ME else None
    if value not in (ME, NOBODY):
        to = User.objects.agents().filter(pk=value).first()
        if to is None:
            raise NotThere(_("The agent of this macro is no longer active."))
    actions.assign_ticket(ticket, to=to, by=Actor.agent(user))


def prioritise(ticket: Ticket, value: str, user: User) -> None:
    actions.prioritise_ticket(ticket, priority=int(value), by=Actor.agent(user))


def tag(ticket: Ticket, value: str, user: User) -> None:
    actions.tag_ticket(ticket, tags=value.split(","), by=Actor.agent(user))


def untag(ticket: Ticket, value: str, user: User) -> None:
    actions.untag_ticket(ticket, tags=value.split(","), by=Actor.agent(user))


def write_note(ticket: Ticket, value: str, user: User) -> Message:
    return add_note(ticket, fill_in_alone(value, ticket, user), by=Actor.agent(user))


def set_status(ticket: Ticket, value: str, user: User) -> None:
    actions.set_ticket_status(ticket, status=value, by=Actor.agent(user))


def snooze(ticket: Ticket, value: str, user: User) -> None:
    until = snoozing.moment_of(value, ticket.department_id)
    if until is None:
        raise Invalid(_("Choose until when."), field="until")
    actions.snooze_ticket(ticket, until=until, by=Actor.agent(user))


def close(ticket: Ticket, value: str, user: User) -> None:
    actions.close_ticket(ticket, by=Actor.agent(user))


def priorities(user: User) -> Choices:
    return [(str(key), str(label)) for key, label in Ticket.Priority.choices]


def statuses(user: User) -> Choices:
    """Those of a ticket that goes on; closing is a step of its own, which waits for the answer to be out."""
    return [(key, str(label)) for key, label in Ticket.Status.choices if key in UNFINISHED]


def departments(user: User) -> Choices:
    return [(str(one.pk), one.name) for one in departments_of(user)]


def agents(user: User) -> Choices:
    fixed = [(ME, _("Whoever uses it")), (NOBODY, _("Nobody"))]
    return fixed + [(str(one.pk), str(one)) for one in User.objects.agents()]


def snoozes(user: User) -> Choices:
    return [(key, str(label)) for key, label in snoozing.CHOICES.items()]


# In the order in which they are done: the department decides who may be assigned, and what ends the work comes last.
STEPS: dict[str, Step] = {
    step.key: step
    for step in (
        Step("transfer", gettext_lazy("Move to"), "choice", transfer, departments),
        Step("assign", gettext_lazy("Assign to"), "choice", assign, agents),
        Step("prioritise", gettext_lazy("Set the priority to"), "choice", prioritise, priorities),
        Step("tag", gettext_lazy("Add the tag"), "tags", tag),
        Step("untag", gettext_lazy("Remove the tag"), "tags", untag),
        Step("note", gettext_lazy("Write a note for the team"), "words", write_note),
        Step("status", gettext_lazy("Set the status to"), "choice", set_status, statuses),
        Step("snooze", gettext_lazy("Snooze"), "choice", snooze, snoozes),
        Step("close", gettext_lazy("Close"), "nothing", close),
    )
}
ORDER = list(STEPS)


class Offers:
    """What can be chosen in a step, for one user, read at most once a page; and a step in words."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.known: dict[str, Choices] = {}

    def of(self, step: Step) -> Choices:
        if step.offers is None:
            return []
        if step.key not in self.known:
            self.known[step.key] = step.offers(self.user)
        return self.known[step.key]

    def say(self, action: dict[str, str]) -> str:
        """*Set the priority to: High*."""
        step = STEPS[action["do"]]
        if action["value"] == YOU:
            return _("%(step)s: you") % {"step": step.label}
        value = dict(self.of(step)).get(action["value"], action["value"] if step.offers is None else "…")
        return f"{step.label}: {value}" if value else str(step.label)

    def said(self, actions: list[dict[str, str]]) -> list[str]:
        return [self.say(one) for one in in_order(actions)]

    def said_here(self, actions: list[dict[str, str]], ticket: Ticket) -> list[str]:
        """As this user would do them on this ticket: *Assign to: you*."""
        return [self.say(one | {"value": self.value_here(one, ticket)}) for one in in_order(actions)]

    def value_here(self, action: dict[str, str], ticket: Ticket) -> str:
        if action["do"] == "note":
            return fill_in_alone(action["value"], ticket, self.user)
        return YOU if action["value"] == ME else action["value"]


def in_order(steps: list[dict[str, str]]) -> list[dict[str, str]]:
    """The steps of a macro as they are done; one of a kind that is no more is left out."""
    return sorted((one for one in steps if one.get("do") in STEPS), key=lambda one: ORDER.index(one["do"]))


def fault_of(action: dict[str, Any], offers: Offers) -> str:
    """Why this step, one of STEPS, can't be kept, in words; empty where it can."""
    step, value = STEPS[action["do"]], action.get("value", "")
    if not isinstance(value, str):
        return _("The value of a step is a text.")
    if step.kind == "choice" and value not in dict(offers.of(step)):
        return _("Choose one of the list.")
    if step.kind == "tags" and not any(actions.normal_tag(one) for one in value.split(",")):
        return _("Write a tag.")
    if step.kind == "words" and not 0 < len(value.strip()) <= LONGEST_TEXT:
        return _("Write something first.")
    return ""
