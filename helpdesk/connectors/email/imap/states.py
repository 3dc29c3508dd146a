"""How the connection to a folder is: kept for the health page, told to the admins when it lasts."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.connectors.email.imap.database import short_connection
from helpdesk.connectors.email.imap.trouble import State, Trouble, without_secrets
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.inboxes.models import Inbox
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify_admins

PATIENCE = timedelta(minutes=5)  # a server that is away this long is told of
AT_ONCE = (State.REFUSED, State.EXPIRED)  # no waiting helps these


class FolderIsGone(Exception):
    """Nobody wants this folder any more: its row was deleted."""


@short_connection()
def note_answer(folder: ImapFolder, *, is_pushed: bool) -> None:
    """The server answered. Where it did not before, the failure is over. Raises FolderIsGone."""
    now = clock.now()
    rows = ImapFolder.objects.filter(pk=folder.pk)
    fine = rows.filter(state=State.OK, failing_since=None)
    if fine.update(checked_at=now, is_pushed=is_pushed):
        return
    with transaction.atomic():
        row = rows.select_for_update(of=("self",)).select_related("inbox").first()
        if row is None:
            raise FolderIsGone(folder)
        if row.told_at:
            tell_of_recovery(row)
        row.state, row.error, row.failing_since, row.told_at = State.OK, "", None, None
        row.checked_at, row.is_pushed = now, is_pushed
        row.save(update_fields=["state", "error", "failing_since", "told_at", "checked_at", "is_pushed"])


@short_connection()
def note_trouble(inbox: Inbox, name: str, trouble: Trouble) -> None:
    """The folder can't be read now. The admins hear of it once, when it lasts or when only they can mend it."""
    now = clock.now()
    with transaction.atomic():
        ImapFolder.objects.get_or_create(inbox=inbox, name=name)
        row = (
            ImapFolder.objects.select_for_update(of=("self",))
            .select_related("inbox")
            .get(inbox=inbox, name=name)
        )
        row.state, row.error = trouble.state, without_secrets(str(trouble), inbox)
        row.failing_since = row.failing_since or now
        if row.told_at is None and (row.state in AT_ONCE or now - row.failing_since >= PATIENCE):
            row.told_at = now
            tell_of_failure(row)
        row.save(update_fields=["state", "error", "failing_since", "told_at"])


def rest_folders(*, watched: set[tuple[int, str]]) -> None:
    """Folders that nobody watches any more show no old trouble."""
    wanted = Q(pk__in=[])
    for inbox_id, name in watched:
        wanted |= Q(inbox_id=inbox_id, name=name)
    resting = ImapFolder.objects.exclude(wanted).exclude(state=State.NEW)
    resting.update(state=State.NEW, error="", failing_since=None, told_at=None, is_pushed=False)


def tell_of_failure(row: ImapFolder) -> None:
    notify_admins(
        Notice.Kind.INBOX_FAILING,
        key=key_of(row),
        title=format_lazy(_("{inbox}: {state}"), inbox=row.inbox.name, state=State(row.state).label),
        text=format_lazy(
            _("Mail of the folder {folder} does not come in. {host} says: {words}"),
            folder=row.name,
            host=row.inbox.options.get("imap_host", ""),
            words=row.error or State(row.state).label,
        ),
        url=page_of(row.inbox),
    )


def tell_of_recovery(row: ImapFolder) -> None:
    notify_admins(
        Notice.Kind.INBOX_RECOVERED,
        key=key_of(row),
        title=format_lazy(_("{inbox} works again"), inbox=row.inbox.name),
        text=format_lazy(_("Mail of the folder {folder} comes in again."), folder=row.name),
        url=page_of(row.inbox),
    )


def tell_of_missing(row: ImapFolder, missing: list[int]) -> None:
    """Told again only when newer mail is missing than last time."""
    notify_admins(
        Notice.Kind.MAIL_MISSING,
        key=f"imap:{row.pk}:{row.uid_validity}:{max(missing)}",
        title=format_lazy(
            _("{inbox}: {count} mails are on the server and not here"),
            inbox=row.inbox.name,
            count=len(missing),
        ),
        text=format_lazy(
            _("The folder {folder} holds mails that could not be fetched, number (UID) {uids}."),
            folder=row.name,
            uids=", ".join(map(str, missing[:10])),
        ),
        url=page_of(row.inbox),
    )


def key_of(row: ImapFolder) -> str:
    """One failure, from its beginning to its end."""
    return f"imap:{row.pk}:{row.failing_since:%Y%m%d%H%M%S}"


def page_of(inbox: Inbox) -> str:
    return reverse("email_inbox:health", args=[inbox.pk])
