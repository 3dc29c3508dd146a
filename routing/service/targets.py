"""Who a step of a path goes to: "agent:7", "department:3", "leads", "assignee" or "admins", found when its time has come."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from helpdesk.conditions.choices import Choices, agents, departments
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket
from routing.departments import leads_of
from routing.models import Department

ADMINS, LEADS, ASSIGNEE = "admins", "leads", "assignee"


@dataclass(frozen=True)
class Target:
    """`people` are told; it can be handed over to `user`, or to `department`."""

    name: str
    people: list[User] = field(default_factory=list)
    user: User | None = None
    department: Department | None = None


def find_target(to: str, ticket: Ticket) -> Target:
    """Somebody who left, or a department that is no more, leaves the step to the admins: it must not end with nobody."""
    kind, _colon, number = to.partition(":")
    if kind == "agent" and number.isdecimal():
        user = User.objects.agents().filter(pk=number).first()
        if user:
            return Target(str(user), [user], user)
    elif kind == "department" and number.isdecimal():
        department = Department.objects.filter(pk=number, is_active=True).first()
        if department:
            return Target(department.name, members_of(department), department=department)
    elif kind == LEADS and ticket.department_id:
        leads = list(leads_of(ticket.department_id))
        if leads:
            return Target(", ".join(map(str, leads)), leads, leads[0])
    elif kind == ASSIGNEE and ticket.assignee and ticket.assignee.is_active:
        return Target(str(ticket.assignee), [ticket.assignee], ticket.assignee)
    admins = list(User.objects.admins())
    return Target(_("the admins"), admins, admins[0] if admins else None)


def members_of(department: Department) -> list[User]:
    return list(department.members.filter(is_active=True))


def offered_targets() -> list[tuple[str, Choices]]:
    """In groups, for a form."""
    by_place = [
        (ASSIGNEE, _("Whoever has the ticket")),
        (LEADS, _("The leads of its department")),
        (ADMINS, _("The admins")),
    ]
    return [
        (_("By their place"), by_place),
        (_("Departments"), [(f"department:{key}", name) for key, name in departments()]),
        (_("People"), [(f"agent:{key}", name) for key, name in agents()]),
    ]


def name_of_target(to: str) -> str:
    """As a list of paths says it."""
    for _group, choices in offered_targets():
        if to in dict(choices):
            return dict(choices)[to]
    return _("somebody who left")
