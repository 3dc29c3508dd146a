"""What a teammate has not read yet, and reading it."""

from django.db import connection
from django.db.models import QuerySet

from helpdesk import clock
from helpdesk.notices.models import Notice
from helpdesk.people.models import User
from helpdesk.prepared import fetch

MANY = 99  # more are not counted out
ANNOUNCED = 5
# Every page of the team asks it.
UNREAD = """
SELECT count(*) FROM (SELECT FROM notices_notice WHERE user_id = %s AND read_at IS NULL AND in_page LIMIT %s) AS unread"""


def unread_count(user: User) -> int:
    """How many notices wait under the bell, at most MANY + 1: one look into a small index."""
    return fetch(connection, UNREAD, (user.pk, MANY + 1))[0][0]


def to_announce(user: User) -> list[Notice]:
    """The newest unread notices that the browser shows by itself, oldest first; which of them it has shown it knows."""
    wanted = Notice.objects.filter(user=user, read_at=None, in_browser=True).order_by("-pk")[:ANNOUNCED]
    return list(reversed(wanted))


def as_announced(notice: Notice) -> dict[str, object]:
    return {"id": notice.pk, "kind": notice.words, "title": notice.title, "text": notice.text}


def read_notices(notices: QuerySet[Notice]) -> None:
    """They are seen, and are not mailed any more."""
    notices.filter(read_at=None).update(read_at=clock.now())
