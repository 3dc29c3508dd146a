"""Changing departments without leaving a ticket with somebody who may no longer see it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from helpdesk.errors import Conflict
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.models import Ticket
from routing.models import Department


def save_department(department: Department, *, members: Iterable[User], by: Actor) -> Department:
    """Save it with its members; a new one goes to the end. Assignees who may not see their tickets here any
    more lose them."""
    with transaction.atomic():
        if department.pk is None:
            last = Department.objects.aggregate(last=Max("position"))["last"]
            department.position = 0 if last is None else last + 1
        department.save()
        gone = department.members.filter(is_active=False)
        department.members.set([*members, *gone])
        release_unseen(department, by=by)
    return department


def release_unseen(department: Department, *, by: Actor) -> None:
    mine = Ticket.objects.unfinished().filter(department=department).exclude(assignee=None)
    for user in User.objects.filter(pk__in=mine.values("assignee")):
        seen = Ticket.objects.visible_to(user).values("pk")
        for ticket in mine.assigned_to(user).exclude(pk__in=seen):
            assign_ticket(ticket, to=None, by=by)


def retire_department(department: Department) -> None:
    """Take it out of use; its tickets stay. Raises Conflict while an inbox files its new tickets there."""
    feeding = Inbox.objects.filter(department=department, is_active=True).first()
    if feeding:
        raise Conflict(
            _("The inbox %(inbox)s still files its tickets here. Choose another department there first.")
            % {"inbox": feeding}
        )
    Department.objects.filter(pk=department.pk).update(is_active=False)


def revive_department(department: Department) -> None:
    Department.objects.filter(pk=department.pk).update(is_active=True)
