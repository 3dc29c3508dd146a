"""Saving the policies and their order."""

from django.db import transaction

from helpdesk.ordering import next_position
from routing.models import Department, SurveyPolicy


@transaction.atomic
def save_policy(policy: SurveyPolicy, *, departments: list[Department]) -> SurveyPolicy:
    """Save it with its departments; a new one goes to the end."""
    if policy.pk is None:
        policy.position = next_position(SurveyPolicy.objects)
    policy.save()
    policy.departments.set(departments)
    return policy
