"""Which departments an agent works with, and with whom. Both tables are small, and each is read at most once for a user
object, that is, once a request, whatever of them is printed."""

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from helpdesk.people.models import User
from helpdesk.prepared import Prepared


def departments_of(user: User) -> list:
    """The departments whose tickets this agent may see."""
    open_to_all = user.is_admin
    return [
        department
        for department in all_departments(user)
        if department.is_active and (open_to_all or not department.is_restricted or department.has_user)
    ]


def all_departments(user: User) -> list:
    """Also those that are no longer used; `has_user` of each says whether this one is a member."""
    if not hasattr(user, "_departments"):
        user._departments = DEPARTMENTS.rows(user=user.pk)
    return user._departments


def departments_with_membership(*, user: int) -> QuerySet:
    model = apps.get_model("routing", "Department")
    members = model.members.through.objects.filter(department=OuterRef("pk"), user=user)
    return model.objects.annotate(has_user=Exists(members))


DEPARTMENTS = Prepared(departments_with_membership)


def hidden_from(user: User) -> list[int]:
    """The ids of the departments whose tickets this agent may not see."""
    if user.is_admin:
        return []
    return [one.pk for one in all_departments(user) if one.is_restricted and not one.has_user]


def team_of(user: User) -> list[User]:
    """Everybody, also who has left; `member_of` of each are the ids of the departments, `availability` is at hand."""
    if not hasattr(user, "_team"):
        user._team = TEAM.rows()
    return user._team


def everybody_with_departments() -> QuerySet:
    members = apps.get_model("routing", "Department").members.through.objects
    member_of = ArraySubquery(members.filter(user=OuterRef("pk")).values("department"))
    known = ("name", "email", "role", "is_active", "availability__state", "availability__until")
    everybody = User.objects.select_related("availability").only(*known).annotate(member_of=member_of)
    return everybody.order_by("name", "email")


TEAM = Prepared(everybody_with_departments)


def duty_of(user: User) -> list[int | None]:
    """For which departments (ids; None: tickets without one) this agent is there while the desk is open."""
    return [None, *(department.pk for department in departments_of(user))]
