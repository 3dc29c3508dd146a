"""Telling teammates. `notify` is the only writer of new notices."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import translation
from django.utils.functional import Promise

from helpdesk import clock
from helpdesk.notices.models import Notice
from helpdesk.people.models import User

# What is read within this time is not mailed as well.
MAIL_AFTER = timedelta(minutes=2)


def notify(
    users: Iterable[User],
    kind: str,
    *,
    key: str,
    title: str | Promise,
    text: str | Promise = "",
    url: str = "",
    by_mail: bool = True,
) -> None:
    """Tell each of `users`, in their own language, where the texts are lazy. Call it inside the transaction of what it is about.

    `key` names the matter, as `message:42`: the same kind and key a second time tells nobody again.
    """
    now = clock.now()
    for user in users:
        with translation.override(user.language):
            notice = Notice(
                user=user,
                kind=kind,
                key=key[:120],
                title=str(title)[:200],
                text=str(text),
                url=url,
                created_at=now,
            )
        if by_mail:
            notice.mail_state, notice.next_attempt_at = Notice.MailState.QUEUED, now + MAIL_AFTER
        Notice.objects.bulk_create([notice], ignore_conflicts=True)


def notify_admins(kind: str, **matter: object) -> None:
    """Tell all admins in use; the rest as `notify`."""
    notify(User.objects.filter(is_active=True, role=User.Role.ADMIN), kind, **matter)
