"""What a trigger can do: each is one line in ACTIONS and calls the verb that a button would call."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.errors import NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.models import User
from helpdesk.tickets import actions as verbs
from helpdesk.tickets.writing import add_note
from routing.models import Department
from routing.triggers import choices
from routing.triggers.answering import answer
from routing.triggers.occasions import Occasion


@dataclass(frozen=True)
class Action:
    key: str
    label: str | Promise
    kind: str  # choice, tags, words, nothing: what stands beside it
    do: Callable[
        [Occasion, str, Actor], str | None
    ]  # returns why it was not done, or raises it and leaves no trace
    offers: Callable[[], choices.Choices] | None = None
    hint: str | Promise = ""


def transfer(occasion: Occasion, value: str, by: Actor) -> None:
    department = Department.objects.filter(pk=value, is_active=True).first()
    if department is None:
        raise NotThere(gettext("The department is no longer in use."))
    verbs.transfer_ticket(occasion.ticket, to=department, by=by)


def assign(occasion: Occasion, value: str, by: Actor) -> None:
    agent = User.objects.agents().filter(pk=value).first()
    if agent is None:
        raise NotThere(gettext("The agent is no longer active."))
    verbs.assign_ticket(occasion.ticket, to=agent, by=by)


def prioritise(occasion: Occasion, value: str, by: Actor) -> None:
    verbs.prioritise_ticket(occasion.ticket, priority=int(value), by=by)


def tag(occasion: Occasion, value: str, by: Actor) -> None:
    verbs.tag_ticket(occasion.ticket, tags=value.split(","), by=by)


def untag(occasion: Occasion, value: str, by: Actor) -> None:
    verbs.untag_ticket(occasion.ticket, tags=value.split(","), by=by)


def set_status(occasion: Occasion, value: str, by: Actor) -> None:
    verbs.set_ticket_status(occasion.ticket, status=value, by=by)


def note(occasion: Occasion, value: str, by: Actor) -> None:
    add_note(occasion.ticket, value, by=by)


def mark_spam(occasion: Occasion, value: str, by: Actor) -> None:
    verbs.mark_spam(occasion.ticket, by=by)


TAGS_HINT = _("tags with commas between")

ACTIONS = {
    action.key: action
    for action in (
        Action("transfer", _("Move to"), "choice", transfer, choices.departments),
        Action("assign", _("Assign to"), "choice", assign, choices.agents),
        Action("prioritise", _("Set the priority to"), "choice", prioritise, choices.priorities),
        Action("tag", _("Add the tag"), "tags", tag, hint=TAGS_HINT),
        Action("untag", _("Remove the tag"), "tags", untag, hint=TAGS_HINT),
        Action("answer", _("Answer with the shortcut"), "choice", answer, choices.shortcuts),
        Action("status", _("Set the status to"), "choice", set_status, choices.statuses),
        Action("note", _("Write a note for the team"), "words", note),
        Action("spam", _("Mark it as spam"), "nothing", mark_spam),
    )
}
