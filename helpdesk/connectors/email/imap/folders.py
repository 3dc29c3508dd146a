"""Which mails of a folder are ours to fetch: where its reading starts, what is new, what is still to come."""

from datetime import timedelta

from django.db import transaction

from helpdesk import clock
from helpdesk.connectors.email.imap.account import EVERYTHING, Account, start_of
from helpdesk.connectors.email.imap.commands import select_folder, uids_from
from helpdesk.connectors.email.imap.connecting import Mailbox
from helpdesk.connectors.email.imap.database import short_connection
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.inboxes.models import Inbox

CURSOR = ("uid_validity", "last_uid", "first_uid", "started_at", "since", "account", "reconciled_at")
SKEW = timedelta(minutes=5)  # the server's clock may be behind ours
A_DAY = timedelta(days=1)  # SINCE looks at the date in the server's own time zone


def open_folder(mailbox: Mailbox, inbox: Inbox, name: str, *, only_look: bool = False) -> ImapFolder:
    """Choose the folder on the server and settle from which mail on it is read; its row.

    `only_look`, or an account whose mails stay as they are, chooses it read-only: then nothing can change there.
    """
    account = mailbox.account
    validity, next_uid = select_folder(mailbox, name, is_readonly=only_look or not account.changes_the_server)
    return settle_row(inbox, name, account, validity, next_uid)


@short_connection()
def settle_row(inbox: Inbox, name: str, account: Account, validity: int, next_uid: int) -> ImapFolder:
    with transaction.atomic():
        ImapFolder.objects.get_or_create(inbox=inbox, name=name)
        row = ImapFolder.objects.select_for_update().get(inbox=inbox, name=name)
        settle_start(row, account, validity, next_uid)
        row.save(update_fields=CURSOR)
    row.inbox = inbox
    return row


def settle_start(row: ImapFolder, account: Account, validity: int, next_uid: int) -> None:
    """Set the cursor at the first connection, when the admin chose another start, and when the UIDs were dealt out anew.

    In every case the mail that comes from now on is new mail and comes first; what lies there already and is wanted is
    found by the reconciliation, which is due at once.
    """
    if not row.account:
        row.last_uid = next_uid - 1
        choose_start(row, account.since)
    elif row.account != account.name or row.uid_validity != validity:
        row.fetched.all().delete()  # the numbers mean other mails now; known ones are told by their bytes
        row.last_uid, row.first_uid, row.reconciled_at = next_uid - 1, 1, None
    if row.since != account.since:
        choose_start(row, account.since)
    row.account, row.uid_validity = account.name, validity


def choose_start(row: ImapFolder, since: str) -> None:
    """From now on, from a date on, or from the first mail on."""
    row.since, row.reconciled_at = since, None
    if since:
        row.first_uid = 1
        row.started_at = None if since == EVERYTHING else start_of(since)
    else:
        row.first_uid, row.started_at = row.last_uid + 1, clock.now() - SKEW


def new_uids(mailbox: Mailbox, row: ImapFolder) -> list[int]:
    return uids_from(mailbox, row.last_uid + 1)


def wanted_uids(mailbox: Mailbox, row: ImapFolder) -> list[int]:
    """Every mail on the server that ought to be here."""
    since = row.started_at - A_DAY if row.started_at and row.first_uid == 1 else None
    return uids_from(mailbox, row.first_uid, since=since)
