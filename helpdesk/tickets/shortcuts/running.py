"""A macro done on a ticket in one step, and taken back in one."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from helpdesk import clock
from helpdesk.errors import Conflict, NotAllowed
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.models import User
from helpdesk.tickets.actions import refuse_merged
from helpdesk.tickets.models import MacroRun, Message, Shortcut, Ticket
from helpdesk.tickets.shortcuts.steps import STEPS, in_order
from helpdesk.tickets.shortcuts.usage import note_use
from helpdesk.tickets.undoing import changes_between, put_back, standing_of


def run_macro(
    ticket: Ticket,
    shortcut: Shortcut,
    *,
    user: User,
    message: Message | None = None,
    pressed: UUID | None = None,
) -> MacroRun:
    """All steps of the shortcut on the ticket, or none: each is done as this user, who is refused what they may not do.

    `message` is the answer or note it goes with: a shortcut is done once for a message. An answer that closes the ticket
    when it is out closes it then, not now. The same `pressed` again does nothing. Its use is counted.
    """
    with transaction.atomic():
        fresh = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        refuse_merged(fresh)
        if known := run_before(shortcut, message, pressed):
            return known
        before = now = standing_of(fresh)
        done, notes = [], []
        for action in in_order(shortcut.actions):
            if action["do"] == "close" and message and message.closes_ticket:
                continue
            note = STEPS[action["do"]].do(fresh, action["value"], user)
            fresh = Ticket.objects.get(pk=ticket.pk)
            earlier, now = now, standing_of(fresh)
            notes += [note.pk] if note else []
            done += [action] if note or changes_between(earlier, now) else []
        note_use(shortcut, user)
        return MacroRun.objects.create(
            shortcut=shortcut,
            ticket=fresh,
            user=user,
            message=message,
            pressed=pressed,
            done=done,
            before=before,
            after=now,
            notes=notes,
            ran_at=clock.now(),
        )


def run_before(shortcut: Shortcut, message: Message | None, pressed: UUID | None) -> MacroRun | None:
    if message:
        return MacroRun.objects.filter(shortcut=shortcut, message=message).first()
    return MacroRun.objects.filter(pressed=pressed).first() if pressed else None


def take_back_run(run: MacroRun, *, user: User) -> Ticket:
    """Undo all that it did, or nothing; a second time does nothing. Returns the ticket, fresh.

    Raises NotAllowed for somebody else's, ChangedSince where somebody has changed the same things meanwhile.
    """
    if run.user_id != user.pk:
        raise NotAllowed
    by = Actor.agent(user)
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=run.ticket_id)
        run = MacroRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.undone_at:
            return ticket
        ticket = put_back(ticket, run.before, run.after, by=by)
        notes = Message.objects.filter(pk__in=run.notes, ticket=ticket, kind=Message.Kind.NOTE)
        for pk in list(notes.values_list("pk", flat=True)):
            Message.objects.filter(pk=pk).delete()
            record(names.MESSAGE_UNDONE, by=by, ticket=ticket, data={"message": pk})
        run.undone_at = clock.now()
        run.save(update_fields=["undone_at"])
    return ticket


def take_back_runs_of(message: Message, *, user: User) -> tuple[list[int], bool]:
    """What was done with an answer is taken back with it: which shortcuts were (ids), and whether some had to stay,
    because somebody has changed the same things since."""
    taken, is_left = [], False
    for run in message.macro_runs.filter(user=user, undone_at=None).order_by("-pk"):
        try:
            take_back_run(run, user=user)
        except Conflict:
            is_left = True
        else:
            taken.append(run.shortcut_id)
    return [shortcut for shortcut in reversed(taken) if shortcut], is_left


def do_close(shortcuts: Iterable[Shortcut]) -> bool:
    """Whether one of them closes the ticket."""
    return any(action.get("do") == "close" for shortcut in shortcuts for action in shortcut.actions)
