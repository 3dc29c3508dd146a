"""Going along a path: step after step while the customer waits, or at once where somebody asks for help."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from helpdesk import clock
from helpdesk.conditions import case_of_ticket, compile_group
from helpdesk.conditions.groups import Holds
from helpdesk.errors import Conflict, HelpdeskError, Invalid
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify
from helpdesk.people.models import User, Workspace
from helpdesk.sweeping import count_each
from helpdesk.tickets.actions import escalate_ticket
from helpdesk.tickets.handing_over import hand_over_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.noticing import who_see
from helpdesk.tickets.writing import add_note
from routing.at_hand import AtHand
from routing.models import Escalation, EscalationPath
from routing.service.clocks import clock_of
from routing.service.periods import answer_owed_since, answered_at, is_owed_anything
from routing.service.targets import Target, find_target
from routing.service.whole import lock_whole

ENDED_BY = {names.MESSAGE_REPLIED: "answered", names.CALL_LOGGED: "answered"}


@transaction.atomic
def follow(ticket_id: int) -> Escalation | None:
    """Bring the ticket's escalation up to how it stands now: the one that goes on, or begins. Safe to call twice."""
    ticket = lock_whole(ticket_id)
    return follow_locked(ticket) if ticket else None


def follow_locked(ticket: Ticket, *, told: str = "") -> Escalation | None:
    """The same of one that is locked with all that conditions ask of it. `told`: the name of the fact that we hear of it by."""
    reason = ENDED_BY.get(told, "finished")
    running = Escalation.objects.filter(ticket=ticket, ended_at=None).first()
    is_done_with = running is not None and is_over(running, ticket)
    if running and is_done_with and running.done:
        end(running, ticket, reason=reason, by=SYSTEM)
        running = None
    elif running and not running.done and (is_done_with or choose_path(ticket) != running.path):
        running.delete()  # it has told nobody yet, and they may wait again: it was no spam, or another path fits
        running = None
    return running or (begin(ticket) if waits_since(ticket) else None)


def waits_since(ticket: Ticket) -> datetime | None:
    """Since when its customer waits for a person; None where they do not."""
    owed = answer_owed_since(ticket)
    return owed[1] if owed else None


def is_over(running: Escalation, ticket: Ticket) -> bool:
    """Nobody waits any more, or for something new. What somebody asked for ends with an answer or with the ticket."""
    if not is_owed_anything(ticket):
        return True
    if running.asked_by_id is not None:
        return answered_at(ticket, running.began_at) is not None
    since = waits_since(ticket)
    return since is None or running.began_at < since


def begin(ticket: Ticket) -> Escalation | None:
    """On the first path that fits, or further along the one it was on; None where none does, or it is through."""
    since = waits_since(ticket)
    before = (
        Escalation.objects.filter(ticket=ticket, began_at__gte=since).order_by("-began_at", "-id").first()
    )
    if before:
        return go_on(before, ticket) if before.next_step else None
    path = choose_path(ticket)
    if path is None or since < path.counts_from:
        return None
    return Escalation.objects.create(
        ticket=ticket,
        path=path,
        path_name=path.name,
        steps=path.steps,
        in_hours=path.in_hours,
        began_at=since,
        next_at=moment_of(path.steps[0], since, in_hours=path.in_hours, ticket=ticket),
    )


def go_on(before: Escalation, ticket: Ticket) -> Escalation:
    """It was over and is not, for the same waiting: spam that was none, a closing undone, a merge taken back."""
    before.ended_at, before.next_at = None, next_moment(before, ticket)
    before.save(update_fields=["ended_at", "next_at"])
    return before


def read_ready() -> list[tuple[EscalationPath, Holds]]:
    active = EscalationPath.objects.filter(is_active=True)
    return [(path, compile_group(path.conditions)) for path in active if path.steps]


READY = AtHand(read_ready)


def choose_path(ticket: Ticket) -> EscalationPath | None:
    case = case_of_ticket(ticket)
    return next((path for path, holds in READY.get() if holds(case)), None)


def moment_of(step: dict[str, Any], since: datetime, *, in_hours: bool, ticket: Ticket) -> datetime | None:
    return clock_of(in_hours=in_hours, department_id=ticket.department_id).after(since, int(step["after"]))


def next_moment(running: Escalation, ticket: Ticket) -> datetime | None:
    """Of its next step; None where all are taken."""
    step = running.next_step
    return step and moment_of(step, running.began_at, in_hours=running.in_hours, ticket=ticket)


def take_due_steps() -> int:
    """Take the steps whose time has come; returns how many. One job after another may run this."""
    due = Escalation.objects.filter(next_at__lte=clock.now()).order_by("next_at")
    return count_each(take_step, due.values_list("pk", "ticket_id")[:200])


@transaction.atomic
def take_step(escalation_id: int, ticket_id: int) -> bool:
    """The next step of one, where it is still due: first the ticket is asked whether it waits."""
    follow(ticket_id)
    now = clock.now()
    due = Escalation.objects.select_for_update(of=("self",)).filter(
        pk=escalation_id, ended_at=None, next_at__lte=now
    )
    running = due.first()
    if running is None:
        return False
    ticket = Ticket.objects.select_related("department", "assignee", "contact", "inbox").get(pk=ticket_id)
    step = running.next_step
    target = find_target(step["to"], ticket)
    running.done += 1
    running.next_at = next_moment(running, ticket)
    running.save(update_fields=["done", "next_at"])
    do_step(running, ticket, step, target)
    return True


def do_step(running: Escalation, ticket: Ticket, step: dict[str, Any], target: Target) -> None:
    fact = record(
        names.ESCALATION_STEPPED,
        by=SYSTEM,
        ticket=ticket,
        data={
            "path": running.path_name,
            "step": running.done,
            "to": target.name,
            "user": target.user.pk if target.user else None,
            "department": target.department.pk if target.department else None,
        },
    )
    if step.get("does") == "hand_over":
        hand_over(ticket, target, running)
    elif step.get("does") == "pile":
        escalate_ticket(ticket, reason=Ticket.EscalationReason.LATE, by=path_as_actor(running))
    tell_people(target.people, ticket, running, key=f"escalation:{fact.pk}")


def path_as_actor(running: Escalation) -> Actor:
    """So that who is handed a ticket reads by what."""
    return Actor(SYSTEM.kind, name=running.path_name)


def hand_over(ticket: Ticket, target: Target, running: Escalation) -> None:
    """Into the next hands, with a word about why. Who may not have it is only told."""
    department = target.department or ticket.department
    with override(Workspace.get().language):
        note = _(
            "Handed over by the escalation path “%(path)s”: the customer has waited since %(moment)s (UTC)."
        ) % {
            "path": running.path_name,
            "moment": running.began_at.strftime("%Y-%m-%d %H:%M"),
        }
    try:
        with transaction.atomic():
            hand_over_ticket(
                ticket, department=department, to=target.user, note=note, by=path_as_actor(running)
            )
    except HelpdeskError as refusal:  # it is there already, or they may not see it: the notice still goes out
        add_note(ticket, f"{note} {refusal}", by=path_as_actor(running))


def tell_people(people: list[User], ticket: Ticket, running: Escalation, *, key: str) -> None:
    """Those who may see the ticket; where none of them may, the admins: a step must not end with nobody."""
    title = format_lazy(gettext_lazy("#{ticket} waits too long: you are next"), ticket=ticket.pk)
    notify(
        who_see(people, ticket) or User.objects.admins(),
        Notice.Kind.RULE,
        key=key,
        title=title,
        text=f"{running.path_name}: {ticket.subject}",
        url=f"/desk/tickets/{ticket.pk}/",
        ticket_id=ticket.pk,
        reason=Notice.Reason.MEMBER if ticket.department_id else "",
    )


def ask_for_help(ticket: Ticket, *, path: EscalationPath | None, note: str, by: Actor) -> Escalation:
    """Somebody can't go on: the path's first step is taken now, with their note. Raises Invalid without a note, and Conflict
    where no path fits or it is on its way already."""
    if not note.strip():
        raise Invalid(_("Write what the next one has to know."), field="note")
    with transaction.atomic():
        fresh = Ticket.objects.select_for_update(of=("self",)).select_related("department").get(pk=ticket.pk)
        if fresh.is_finished:
            raise Conflict(_("It is closed."))
        path = path or choose_path(fresh)
        if path is None:
            raise Conflict(
                _("No path of escalation fits this ticket. An admin can make one in the settings.")
            )
        running = Escalation.objects.filter(ticket=fresh, ended_at=None).first()
        if running and running.done:
            raise Conflict(
                _("It is on its way already, by the path “%(path)s”.") % {"path": running.path_name}
            )
        if running:
            end(running, fresh, reason="agent", by=by)
        why = add_note(fresh, note, by=by)
        started = Escalation.objects.create(
            ticket=fresh,
            path=path,
            path_name=path.name,
            steps=path.steps,
            in_hours=path.in_hours,
            began_at=clock.now(),
            next_at=clock.now(),
            asked_by_id=by.id if by.kind == "agent" else None,
        )
        data = {"path": path.name, "step": 0, "to": "", "note": why.pk}
        record(names.ESCALATION_STARTED, by=by, ticket=fresh, data=data)
        take_first_step(started, fresh)
    return started


def take_first_step(running: Escalation, ticket: Ticket) -> None:
    """Now, whatever its time; the others follow at their distance from it."""
    first = running.steps[0]
    running.steps = [
        {**step, "after": max(0, int(step["after"]) - int(first["after"]))} for step in running.steps
    ]
    running.done = 1
    running.next_at = next_moment(running, ticket)
    running.save(update_fields=["done", "next_at", "steps"])
    do_step(running, ticket, first, find_target(first["to"], ticket))


def end_by_hand(ticket: Ticket, *, by: Actor) -> None:
    """Whoever has it takes care: no further step."""
    with transaction.atomic():
        fresh = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        if running := Escalation.objects.filter(ticket=fresh, ended_at=None).first():
            running.steps = running.steps[: running.done]
            running.save(update_fields=["steps"])
            end(running, fresh, reason="agent", by=by)


def end(running: Escalation, ticket: Ticket, *, reason: str, by: Actor) -> None:
    running.ended_at, running.next_at = clock.now(), None
    running.save(update_fields=["ended_at", "next_at"])
    if running.done:  # one that never took a step is nothing to tell of
        data = {"path": running.path_name, "step": running.done, "to": "", "reason": reason}
        record(names.ESCALATION_ENDED, by=by, ticket=ticket, data=data)
