"""Which departments an agent works with."""

from django.apps import apps

from helpdesk.people.models import User


def departments_of(user: User) -> list:
    """The departments whose tickets this agent may see. Read once for a user object, that is, once a request."""
    if not hasattr(user, "_departments_in_sight"):
        departments = apps.get_model("routing", "Department").objects.filter(is_active=True)
        if not user.is_admin:
            departments = departments.exclude(is_restricted=True) | departments.filter(members=user)
        user._departments_in_sight = list(departments.distinct())
    return user._departments_in_sight


def duty_of(user: User) -> list[int | None]:
    """For which departments (ids; None: tickets without one) this agent is there while the desk is open."""
    return [None, *(department.pk for department in departments_of(user))]
