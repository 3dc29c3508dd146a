"""What an agent can change on a ticket with one press: one table from the form's noun to the verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone, localtime, make_aware
from django.utils.translation import gettext as _

from helpdesk.asked import read_number
from helpdesk.desk.facts import put_back
from helpdesk.desk.same_person import merge_same_person
from helpdesk.errors import Conflict, Invalid, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.models import ContactMerge, User
from helpdesk.tickets import actions
from helpdesk.tickets.handing_over import take_back
from helpdesk.tickets.merging import merge_tickets, standing_id, unmerge_ticket
from helpdesk.tickets.models import MacroRun, Message, Ticket
from helpdesk.tickets.one_person import make_one_person, make_two_people
from helpdesk.tickets.participants import add_participant, remove_participant
from helpdesk.tickets.shortcuts.running import take_back_run
from helpdesk.tickets.snoozing import UNTIL_REPLY, moment_of


@dataclass(frozen=True)
class Said:
    """What was done, in a sentence. `undo`: the form that takes it back (noun, field and value) where that is more than
    making the ticket as it was. `is_moved`: messages came or went, so the conversation is drawn anew."""

    text: str
    undo: tuple[str, str, object] | None = None
    undo_id: int = 0  # of the row by which it is taken back (desk.undoing)
    is_moved: bool = False
    leads_to: int = 0  # another ticket that came of it
    is_bad: bool = False  # it did not work
    rest: str = ""  # what of it could not be taken back


Change = Callable[[Ticket, QueryDict, Actor], Said]


def change_assignee(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    wanted = form.get("assignee", "")
    if not wanted:
        actions.assign_ticket(ticket, to=None, by=by)
        return Said(_("Nobody has this now."))
    to = User.objects.agents().filter(pk=by.id if wanted == "me" else number(wanted, "assignee")).first()
    if to is None:
        raise NotThere
    if wanted == "me" and "seen" in form:
        seen = number(form["seen"], "seen") if form["seen"] else None
        actions.take_ticket(ticket, to=to, seen=seen, by=by)
    else:
        actions.assign_ticket(ticket, to=to, by=by)
    return Said(_("Assigned to you.") if to.pk == by.id else _("Assigned to %(agent)s.") % {"agent": to})


def change_department(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    wanted = form.get("department", "")
    to = None
    if wanted:
        departments = apps.get_model("routing", "Department").objects.filter(is_active=True)
        to = departments.filter(pk=number(wanted, "department")).first()
        if to is None:
            raise NotThere
    actions.transfer_ticket(ticket, to=to, by=by)
    return Said(
        _("Moved to %(department)s.") % {"department": to} if to else _("Moved out of its department.")
    )


def change_status(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    fresh = actions.set_ticket_status(ticket, status=form.get("status", ""), by=by)
    return Said(_("Status: %(status)s.") % {"status": fresh.get_status_display()})


def change_priority(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    fresh = actions.prioritise_ticket(ticket, priority=number(form.get("priority", ""), "priority"), by=by)
    return Said(_("Priority: %(priority)s.") % {"priority": fresh.get_priority_display()})


def change_tags(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    """Adds what stands in `add` (commas between tags) and removes the one tag in `remove`."""
    if gone := form.get("remove"):
        actions.untag_ticket(ticket, tags=[gone], by=by)
        return Said(_("Tag removed."))
    tags = [tag for tag in form.get("add", "").split(",") if tag.strip()]
    if not tags:
        raise Invalid(_("Write a tag."), field="add")
    actions.tag_ticket(ticket, tags=tags, by=by)
    return Said(_("Tag added."))


def change_snooze(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    wanted = form.get("until", "")
    if wanted == "wake":
        actions.wake_ticket(ticket, by=by)
        return Said(_("Back in the list."))
    until = snooze_moment(wanted, form.get("at", ""), ticket.department_id)
    actions.snooze_ticket(ticket, until=until, by=by)
    if until == UNTIL_REPLY:
        return Said(_("Snoozed until they reply."))
    moment = date_format(localtime(until), "SHORT_DATETIME_FORMAT")
    return Said(_("Snoozed until %(moment)s") % {"moment": moment})


def snooze_moment(wanted: str, at: str, department_id: int | None) -> datetime:
    """The moment a choice stands for, in the agent's time zone. Raises Invalid for one that is unknown."""
    moment = parse_datetime(at) if wanted == "at" else moment_of(wanted, department_id)
    if moment is None:
        raise Invalid(_("Choose until when."), field="until")
    return moment if moment.tzinfo else make_aware(moment, get_current_timezone())


def change_spam(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    if form.get("is_spam") == "no":
        actions.unmark_spam(ticket, by=by)
        return Said(_("Out of spam."))
    actions.mark_spam(ticket, by=by)
    return Said(_("Marked as spam."))


def change_trash(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    if form.get("is_trash") == "no":
        actions.restore_ticket(ticket, by=by)
        return Said(_("Out of the trash."))
    actions.trash_ticket(ticket, by=by)
    return Said(_("Moved to the trash."))


def change_closure(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    if form.get("is_closed") == "no":
        actions.reopen_ticket(ticket, by=by)
        return Said(_("Open again."))
    refuse_unseen(ticket, form)
    actions.close_ticket(ticket, by=by)
    return Said(_("Closed."))


class CustomerWrote(Conflict):
    """What would put the ticket away was pressed before the agent saw what its customer wrote."""

    code = "customer_wrote"


def refuse_unseen(ticket: Ticket, form: QueryDict) -> None:
    """Raises CustomerWrote where the page, which says what it has shown, had not shown the customer's last message."""
    seen = read_number(form.get("last_seen", ""))
    if seen is not None and ticket.messages.filter(kind=Message.Kind.INCOMING, pk__gt=seen).exists():
        raise CustomerWrote(_("The customer has written meanwhile."))


def change_people(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    """Puts the address in `add` in copy, or takes the contact in `remove` off."""
    if gone := form.get("remove"):
        person = ticket.participants.select_related("contact").filter(contact=number(gone, "remove")).first()
        remove_participant(ticket, contact_id=number(gone, "remove"), by=by)
        undo = ("people", "add", person.contact.email) if person and person.contact.email else None
        return Said(_("Gets no more copies."), undo)
    contact = add_participant(ticket, email=form.get("add", ""), by=by)
    return Said(_("%(name)s gets the answers in copy.") % {"name": contact}, ("people", "remove", contact.pk))


def change_handover(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    """Takes the last handing over back."""
    take_back(ticket, by=by)
    return Said(_("Taken back."), is_moved=True)


def change_joining(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    """Takes the ticket in `take_out` out again that was merged into this one, or puts the one in `put_in` back."""
    field = "take_out" if form.get("take_out") else "put_in"
    pk = number(form.get(field, ""), field)
    user = User.objects.get(pk=by.id)
    other = Ticket.objects.visible_to(user).filter(pk=pk).first()
    if other is None:
        raise NotThere
    if field == "take_out":
        if standing_id(other) != ticket.pk:  # it went on from here, perhaps where the agent may not see it
            raise NotThere
        unmerge_ticket(other, by=by)
        return Said(_("#%(number)s is a ticket of its own again.") % {"number": pk}, is_moved=True)
    merge_tickets(ticket, other, by=by)
    said = _("#%(number)s is back in this ticket.") % {"number": pk}
    return Said(said, ("joining", "take_out", pk), is_moved=True)


def change_person(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    """Makes one person of the visitor and the contact in `same`."""
    user = User.objects.get(pk=by.id)
    return said_of_one_person(merge_same_person(ticket, of=number(form.get("same", ""), "same"), user=user))


def said_of_one_person(merge: ContactMerge | None) -> Said:
    if merge is None:
        return Said(_("They are one person already."), is_moved=True)
    said = _("%(gone)s and %(kept)s are one person now.") % {"gone": merge.gone, "kept": merge.kept}
    return Said(said, ("parting", "part", merge.pk), is_moved=True)


def change_parting(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    """Takes the people of the merge in `part` apart, of whom one is the ticket's customer, or makes them one again (`again`)."""
    user, field = User.objects.get(pk=by.id), "part" if form.get("part") else "again"
    known = ContactMerge.objects.select_related("kept", "gone").filter(pk=number(form.get(field, ""), field))
    merge = known.filter(
        Q(gone=ticket.contact_id) | Q(kept=ticket.contact_id) | Q(gone__merged_into=ticket.contact_id)
    ).first()
    if merge is None:
        raise NotThere
    if field == "again":
        return said_of_one_person(make_one_person(merge.kept, merge.gone, user=user))
    parted = make_two_people(merge, user=user)
    said = _("%(gone)s and %(kept)s are two people again. What came in since stays with %(kept)s.")
    rest = " ".join(parted.left)
    text = f"{said % {'gone': parted.gone, 'kept': parted.kept}} {rest}".strip()
    return Said(text, ("parting", "again", merge.pk), is_moved=True, rest=rest)


def change_fact(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    """Takes back what was changed of what is known of the customer."""
    put_back(ticket, form.get("put_back", ""), by=by)
    return Said(_("Taken back."))


def change_macro(ticket: Ticket, form: QueryDict, by: Actor) -> Said:
    """Takes back what macros did, in the runs that `runs` names, the last first."""
    user = User.objects.get(pk=by.id)
    numbers = [number(one, "runs") for one in form.get("runs", "").split(",")]
    runs = list(MacroRun.objects.filter(pk__in=numbers, ticket=ticket, user=user).order_by("-pk"))
    if not runs:
        raise NotThere
    with transaction.atomic():
        for run in runs:
            take_back_run(run, user=user)
    return Said(_("Taken back."), is_moved=any(run.notes for run in runs))


CHANGES: dict[str, Change] = {
    "assignee": change_assignee,
    "department": change_department,
    "status": change_status,
    "priority": change_priority,
    "tags": change_tags,
    "snooze": change_snooze,
    "spam": change_spam,
    "trash": change_trash,
    "closure": change_closure,
    "people": change_people,
    "joining": change_joining,
    "handover": change_handover,
    "person": change_person,
    "parting": change_parting,
    "macro": change_macro,
    "fact": change_fact,
}


def number(text: str, field: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid(_("Choose one of the list."), field=field)
    return int(text)
