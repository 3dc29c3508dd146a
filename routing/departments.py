"""Changing departments without leaving a ticket with somebody who may no longer see it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from helpdesk.errors import Conflict
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.jobs import queue
from helpdesk.ordering import next_position
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.models import Ticket
from routing.models import Department, Membership


def save_department(
    department: Department, *, members: Iterable[User], leads: Iterable[User] | None = None, by: Actor
) -> Department:
    """Save it with its members and, where given, those of them who lead it; a new one goes to the end. Assignees who may not
    see their tickets here any more lose them; what waits is given out anew where it assigns by itself."""
    with transaction.atomic():
        if department.pk is None:
            department.position = next_position(Department.objects)
        department.save()
        gone = department.members.filter(is_active=False)
        department.members.set([*members, *gone])
        if leads is not None:
            set_leads(department, leads)
        release_unseen(department, by=by)
        transaction.on_commit(lambda: queue("routing.tasks.assign_waiting"))
    return department


def set_leads(department: Department, leads: Iterable[User]) -> None:
    ids = [user.pk for user in leads]
    of_it = Membership.objects.filter(department=department)
    of_it.exclude(user__in=ids).update(role=Membership.Role.MEMBER)
    of_it.filter(user__in=ids).update(role=Membership.Role.LEAD)


def leads_of(department_id: int | None) -> QuerySet[User]:
    """Who leads it; nobody where there is no department."""
    return User.objects.agents().filter(
        membership__department=department_id, membership__role=Membership.Role.LEAD
    )


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
