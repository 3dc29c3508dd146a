"""What a trigger can do: each is one line in ACTIONS and calls the verb that a button would call."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import Case, choices
from helpdesk.errors import Conflict, HelpdeskError, Invalid, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.attributes.models import Attribute
from helpdesk.people.models import User, Workspace
from helpdesk.tickets import actions as verbs
from helpdesk.tickets import snoozing
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.shortcuts.placeholders import fill_in_alone
from helpdesk.tickets.shortcuts.steps import ME, NOBODY, in_order
from helpdesk.tickets.writing import add_note
from routing.assignment.engine import give_ticket
from routing.assignment.rules import route_again
from routing.bots.running import start_bot
from routing.models import Bot, Department
from routing.triggers.answering import answer, answer_with
from routing.triggers.knowing import ATTRIBUTE, key_of, known_attributes, offers_of, set_attribute
from routing.triggers.shortcuts import macro_named, macros, shortcuts
from routing.triggers.telling import call_webhook, notify_people, recipients, send_the_survey, webhooks


@dataclass(frozen=True)
class Action:
    key: str
    label: str | Promise
    kind: str  # choice, tags, text (a line), words (more of them), nothing: what stands beside it
    # Returns why it was not done, or raises it and leaves no trace.
    do: Callable[[Case, str, Actor], str | None]
    offers: Callable[[], choices.Choices] | None = None
    hint: str | Promise = ""


def transfer(case: Case, value: str, by: Actor) -> None:
    department = Department.objects.filter(pk=value, is_active=True).first()
    if department is None:
        raise NotThere(gettext("The department is no longer in use."))
    verbs.transfer_ticket(case.ticket, to=department, by=by)


def assign(case: Case, value: str, by: Actor) -> None:
    agent = User.objects.agents().filter(pk=value).first()
    if agent is None:
        raise NotThere(gettext("The agent is no longer active."))
    verbs.assign_ticket(case.ticket, to=agent, by=by)


def give_to_least_busy(case: Case, value: str, by: Actor) -> str | None:
    if give_ticket(Ticket.objects.get(pk=case.ticket.pk), by=by):
        return None
    return gettext("Nobody of its department is there and free, or somebody has it already.")


def ask_rules(case: Case, value: str, by: Actor) -> None:
    route_again(case.ticket)


def prioritise(case: Case, value: str, by: Actor) -> None:
    verbs.prioritise_ticket(case.ticket, priority=int(value), by=by)


def tag(case: Case, value: str, by: Actor) -> None:
    verbs.tag_ticket(case.ticket, tags=value.split(","), by=by)


def untag(case: Case, value: str, by: Actor) -> None:
    verbs.untag_ticket(case.ticket, tags=value.split(","), by=by)


def set_status(case: Case, value: str, by: Actor) -> None:
    verbs.set_ticket_status(case.ticket, status=value, by=by)


def note(case: Case, value: str, by: Actor) -> None:
    ticket = Ticket.objects.select_related("contact").get(pk=case.ticket.pk)  # as earlier actions left it
    add_note(ticket, fill_in_alone(value, ticket, Workspace.get()), by=by)


def unassign(case: Case, value: str, by: Actor) -> None:
    verbs.assign_ticket(case.ticket, to=None, by=by)


def snooze(case: Case, value: str, by: Actor) -> None:
    until = snoozing.moment_of(value, case.ticket.department_id)
    if until is None:
        raise Invalid(gettext("Choose until when."))
    verbs.snooze_ticket(case.ticket, until=until, by=by)


def close(case: Case, value: str, by: Actor) -> None:
    verbs.close_ticket(case.ticket, by=by)


def run_macro(case: Case, value: str, by: Actor) -> str:
    """The steps of the macro in its order, and its text as an answer. Returns which of them were refused, and why."""
    macro = macro_named(value, case.ticket)
    if macro is None:
        raise NotThere(gettext("The macro /%(name)s is gone.") % {"name": value})
    reasons = []
    if macro.text:
        reasons.append(refusal_of(lambda: answer_with(case, macro, by)))
    for step in in_order(macro.actions):
        reasons.append(refusal_of(lambda step=step: MACRO_STEPS[step["do"]](case, step["value"], by)))
    return " ".join(filter(None, reasons))


def refusal_of(do: Callable[[], str | None]) -> str:
    """In a savepoint of its own; the reason where it was refused."""
    try:
        with transaction.atomic():
            return do() or ""
    except HelpdeskError as refusal:
        return str(refusal)


def assign_by_macro(case: Case, value: str, by: Actor) -> None:
    if value == ME:
        raise Conflict(gettext("The macro gives it to whoever uses it, and here nobody does."))
    if value == NOBODY:
        return unassign(case, value, by)
    return assign(case, value, by)


def bots() -> choices.Choices:
    return [(str(pk), name) for pk, name in Bot.objects.values_list("pk", "name")]


def begin_bot(case: Case, value: str, by: Actor) -> str:
    """It asks as itself, not as the trigger."""
    return start_bot(int(value), case.ticket)


def mark_spam(case: Case, value: str, by: Actor) -> None:
    verbs.mark_spam(case.ticket, by=by)


TAGS_HINT = _("tags with commas between")


def snoozes() -> choices.Choices:
    return [(key, str(label)) for key, label in snoozing.CHOICES.items()]


# What a macro's steps are here; the keys are those of helpdesk.tickets.shortcuts.steps.
MACRO_STEPS: dict[str, Callable[[Case, str, Actor], str | None]] = {
    "transfer": transfer,
    "assign": assign_by_macro,
    "prioritise": prioritise,
    "tag": tag,
    "untag": untag,
    "note": note,
    "status": set_status,
    "snooze": snooze,
    "close": close,
}
ACTIONS = {
    action.key: action
    for action in (
        Action("transfer", _("Move to"), "choice", transfer, choices.departments),
        Action("assign", _("Assign to"), "choice", assign, choices.agents),
        Action("least_busy", _("Give it to whoever is least busy"), "nothing", give_to_least_busy),
        Action("rules", _("Ask the assignment rules"), "nothing", ask_rules),
        Action("prioritise", _("Set the priority to"), "choice", prioritise, choices.priorities),
        Action("tag", _("Add the tag"), "tags", tag, hint=TAGS_HINT),
        Action("untag", _("Remove the tag"), "tags", untag, hint=TAGS_HINT),
        Action("answer", _("Answer with the shortcut"), "choice", answer, shortcuts),
        Action("status", _("Set the status to"), "choice", set_status, choices.statuses),
        Action("note", _("Write a note for the team"), "words", note),
        Action("unassign", _("Take it from whoever has it"), "nothing", unassign),
        Action("notify", _("Notify"), "choice", notify_people, recipients),
        Action("snooze", _("Snooze it"), "choice", snooze, snoozes),
        Action("macro", _("Run the macro"), "choice", run_macro, macros),
        Action("bot", _("Start the bot"), "choice", begin_bot, bots),
        Action("survey", _("Send the survey"), "nothing", send_the_survey),
        Action("webhook", _("Tell the webhook"), "choice", call_webhook, webhooks),
        Action("close", _("Close it"), "nothing", close),
        Action("spam", _("Mark it as spam"), "nothing", mark_spam),
    )
}


def all_actions() -> list[Action]:
    """In the order in which they are offered: the fixed ones, and one for each attribute that the team has defined."""
    return [*ACTIONS.values(), *(setting_of(attribute) for attribute in known_attributes().values())]


def find_action(key: str) -> Action | None:
    """None where it is no more, or never was."""
    if key in ACTIONS or not key.startswith(ATTRIBUTE):
        return ACTIONS.get(key)
    attribute = known_attributes().get(key)
    return setting_of(attribute) if attribute else None


def setting_of(attribute: Attribute) -> Action:
    offers = offers_of(attribute)
    key = key_of(attribute)
    label = format_lazy(_("Set “{name}” to"), name=attribute.label)
    return Action(key, label, "choice" if offers else "text", partial(set_attribute, key), offers)
