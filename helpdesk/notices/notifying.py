"""Telling teammates. `notify` is the only writer of new notices."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from helpdesk import clock
from helpdesk.notices.choosing import habits_of, mail_at, ways_in
from helpdesk.notices.models import Notice
from helpdesk.notices.pushing import queue_pushes
from helpdesk.people.models import User
from helpdesk.push import push_all

RENEWED = (
    *("title", "text", "url", "reason", "in_page", "in_browser", "created_at", "read_at"),
    *("mail_state", "mail_attempts", "next_attempt_at"),
)


def notify(
    users: Iterable[User],
    kind: str,
    *,
    key: str,
    title: str | Promise,
    text: str | Promise = "",
    url: str = "",
    ticket_id: int | None = None,
    reason: str = "",
    renews: bool = False,
) -> None:
    """Tell each of `users`, in their own language where the texts are lazy, by the ways each has chosen. Call it inside the
    transaction of what it is about.

    `key` names the matter, as `message:42`: the same kind and key a second time tells nobody again, but with `renews`
    those who have read it since.
    """
    now = clock.now()
    users = list(users)
    habits = habits_of(users)
    told = []
    for user in users:
        ways = ways_in(habits[user.pk].choices, kind)
        if not ways.is_any:
            continue
        due = mail_at(habits[user.pk], ways.mail, now, user.time_zone)
        with translation.override(user.language):
            told.append(
                Notice(
                    user=user,
                    kind=kind,
                    key=key[:120],
                    title=str(title)[:200],
                    text=str(text),
                    url=url,
                    ticket_id=ticket_id,
                    reason=reason,
                    in_page=ways.page,
                    in_browser=ways.browser,
                    created_at=now,
                    mail_state=Notice.MailState.QUEUED if due else Notice.MailState.NONE,
                    next_attempt_at=due,
                )
            )
    write_notices(told, renews=renews)


def write_notices(told: list[Notice], *, renews: bool) -> None:
    """Store them, each once, with what goes to devices, and have the pages that stand open look."""
    if renews:
        keys = {(notice.user_id, notice.kind, notice.key) for notice in told}
        waiting = Notice.objects.filter(
            user__in=[one.user_id for one in told], key__in=[one.key for one in told], read_at=None
        )
        unread = keys & set(waiting.values_list("user_id", "kind", "key"))
        told = [one for one in told if (one.user_id, one.kind, one.key) not in unread]
    if not told:
        return
    Notice.objects.bulk_create(
        told,
        ignore_conflicts=not renews,
        update_conflicts=renews,
        unique_fields=["user", "kind", "key"] if renews else None,
        update_fields=RENEWED if renews else None,
    )
    queue_pushes(told)
    groups = sorted({group_of(one.user_id) for one in told})
    transaction.on_commit(lambda: push_all((group, {"type": "notices.new"}) for group in groups), robust=True)


def group_of(user_id: int) -> str:
    """The group of all sockets of one person."""
    return f"person.{user_id}"


def notify_admins(kind: str, **matter: object) -> None:
    """Tell all admins in use; the rest as `notify`."""
    notify(User.objects.admins(), kind, reason=Notice.Reason.ADMIN, **matter)
