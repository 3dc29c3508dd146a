"""The stored sessions and conversations of a part of the desk."""

from django.db.models import Q

from funnel.report.scope import Scope


def within(scope: Scope) -> Q:
    """The condition on SupportSession and SupportConversation that `scope` means."""
    condition = Q()
    if scope.channels:
        condition &= Q(channel__in=sorted(scope.channels))
    if scope.departments:
        known = [department for department in scope.departments if department is not None]
        outside = Q(department=None) if None in scope.departments else Q()
        condition &= Q(department__in=known) | outside if known else outside
    if scope.languages:
        condition &= Q(language__in=sorted(scope.languages))
    if scope.tag:
        condition &= Q(tags__contains=[scope.tag])
    return condition
