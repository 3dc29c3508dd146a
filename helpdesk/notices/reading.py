"""What a teammate has not read yet, and reading it."""

from django.db.models import QuerySet

from helpdesk import clock
from helpdesk.notices.models import Notice
from helpdesk.people.models import User

MANY = 99  # more are not counted out


def unread_count(user: User) -> int:
    """How many notices wait under the bell, at most MANY + 1: one look into a small index."""
    return Notice.objects.filter(user=user, read_at=None)[: MANY + 1].count()


def read_notices(notices: QuerySet[Notice]) -> None:
    """They are seen, and are not mailed any more."""
    notices.filter(read_at=None).update(read_at=clock.now())
