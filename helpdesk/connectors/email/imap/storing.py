"""Fetched mails into the database: raw message, note of the UID and cursor, all in one transaction."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from helpdesk.connectors.email.imap.database import short_connection
from helpdesk.connectors.email.imap.trouble import State, Trouble, without_secrets
from helpdesk.connectors.email.models import FetchedMail, ImapFolder
from helpdesk.connectors.email.recipients import own_address_in, sender_in
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.tickets.raw import quarantine, store_raw
from helpdesk.tickets.text import clean_text

MOST_TRIES = 5  # after them one each hour


class FolderChanged(Trouble):
    """Somebody set the folder's row up anew while this connection was open: what it knows of the cursor is old."""


@dataclass(frozen=True)
class Fetched:
    """What came of asking for one mail: its bytes, or why there are none."""

    uid: int
    body: bytes = b""
    error: str = ""
    too_large: str = ""  # the reason, where `body` is only the header
    is_wanted: bool = True  # False: from before the folder's start


@short_connection()
def store_batch(row: ImapFolder, inbox: Inbox, mails: Sequence[Fetched], *, is_new: bool) -> list[int]:
    """Store all, and where the database refuses one of them, each by itself; UIDs of the mails that are here whole.

    OperationalError and InterfaceError rise: the database is away, nothing moved, all of it is fetched again.
    """
    try:
        return store_together(row, inbox, mails, is_new=is_new)
    except (OperationalError, InterfaceError, Trouble):
        raise
    except Exception as error:
        if len(mails) == 1:
            failure = Fetched(mails[0].uid, error=f"It could not be stored: {type(error).__name__}")
            return store_together(row, inbox, [failure], is_new=is_new)
    return [uid for mail in mails for uid in store_batch(row, inbox, [mail], is_new=is_new)]


def store_together(row: ImapFolder, inbox: Inbox, mails: Sequence[Fetched], *, is_new: bool) -> list[int]:
    """A second fetcher of the same folder waits here for the first and then finds its mails settled."""
    with transaction.atomic():
        locked = lock_folder(row)
        known = {note.uid: note for note in notes_on(row, [mail.uid for mail in mails])}
        open_ones = [mail for mail in mails if mail.uid not in known or known[mail.uid].error]
        keep_notes(note_of(row, inbox, mail, known.get(mail.uid), is_new=is_new) for mail in open_ones)
        if is_new:
            locked.last_uid = max(locked.last_uid, *(mail.uid for mail in mails))
            locked.save(update_fields=["last_uid"])
    row.last_uid = locked.last_uid
    return [mail.uid for mail in mails if mail.is_wanted and not mail.error and not mail.too_large]


def lock_folder(row: ImapFolder) -> ImapFolder:
    locked = ImapFolder.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
    if locked is None or (locked.uid_validity, locked.account) != (row.uid_validity, row.account):
        raise FolderChanged(State.AWAY, "The folder was set up anew meanwhile.")
    return locked


def notes_on(row: ImapFolder, uids: Sequence[int]) -> QuerySet[FetchedMail]:
    return FetchedMail.objects.filter(folder=row, uid_validity=row.uid_validity, uid__in=uids)


def note_of(
    row: ImapFolder, inbox: Inbox, mail: Fetched, before: FetchedMail | None, *, is_new: bool
) -> FetchedMail:
    """Store the mail; what to note of its UID."""
    note = FetchedMail(folder=row, uid_validity=row.uid_validity, uid=mail.uid)
    note.attempts = before.attempts if before else 0
    if mail.error:
        note.error = without_secrets(clean_text(mail.error), inbox) or "?"
        note.attempts += 1
    elif mail.is_wanted:
        # What lay there before may have come already, under another number.
        note.raw = (None if is_new else same_mail(inbox, mail.body)) or store_mail(inbox, mail)
    return note


def keep_notes(notes: Iterable[FetchedMail]) -> None:
    FetchedMail.objects.bulk_create(
        notes,
        update_conflicts=True,
        unique_fields=["folder", "uid_validity", "uid"],
        update_fields=["raw", "error", "attempts"],
    )


def same_mail(inbox: Inbox, body: bytes) -> RawMessage | None:
    digest = hashlib.sha256(body).hexdigest()
    same = RawMessage.objects.filter(inbox=inbox, digest=digest).defer("body")
    return next(iter(same[:1]), None)  # in no order: one would make the database look through all of them


def store_mail(inbox: Inbox, mail: Fetched) -> RawMessage:
    raw = store_raw(
        mail.body,
        inbox=inbox,
        door="imap",
        sender=clean_text(sender_in(mail.body)),
        recipient=own_address_in(mail.body, inbox),
    )
    if mail.too_large:
        quarantine(raw.pk, mail.too_large)
    return raw


@short_connection()
def failed_uids(row: ImapFolder) -> list[int]:
    """Those that are worth another try now."""
    notes = FetchedMail.objects.filter(folder=row, uid_validity=row.uid_validity, attempts__lt=MOST_TRIES)
    return list(notes.exclude(error="").order_by("uid").values_list("uid", flat=True)[:100])


@short_connection()
def forget_gone(row: ImapFolder, uids: set[int]) -> None:
    """They were deleted on the server before they could be fetched: nothing is missing."""
    notes_on(row, list(uids)).exclude(error="").delete()


def grant_a_try(row: ImapFolder) -> None:
    """Each mail that was given up is tried once more."""
    notes = FetchedMail.objects.filter(folder=row, uid_validity=row.uid_validity, attempts__gte=MOST_TRIES)
    notes.exclude(error="").update(attempts=MOST_TRIES - 1)


@short_connection()
def noted_uids(row: ImapFolder, *, failed: bool) -> set[int]:
    """The mails that failed so far; or those that need no fetching any more."""
    notes = FetchedMail.objects.filter(folder=row, uid_validity=row.uid_validity)
    chosen = notes.exclude(error="") if failed else notes.filter(error="")
    return set(chosen.values_list("uid", flat=True))
