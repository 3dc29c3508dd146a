"""Does the server have what we have? Counted every hour and at a person's word; what is missing is fetched."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

from helpdesk import clock
from helpdesk.connectors.email.imap.connecting import PATIENCE_OF_A_PERSON, Mailbox, connected
from helpdesk.connectors.email.imap.database import short_connection
from helpdesk.connectors.email.imap.folders import open_folder, wanted_uids
from helpdesk.connectors.email.imap.session import Session, Why, batches
from helpdesk.connectors.email.imap.states import tell_of_missing
from helpdesk.connectors.email.imap.storing import failed_uids, grant_a_try, noted_uids
from helpdesk.connectors.email.imap.trouble import EXPECTED
from helpdesk.connectors.email.models import ImapFolder

EVERY = timedelta(hours=1)


class Comparison(NamedTuple):
    server_count: int  # mails in the folder that ought to be here
    stored_count: int  # those of them that are
    missing: list[int]  # UIDs of the others


def reconcile(folder: ImapFolder) -> Comparison:
    """Compare over connections of its own, fetch what is missing, and compare again; the counts are kept.

    Raises one of EXPECTED (trouble.py) where the server can't be read.
    """
    with (
        suppress(*EXPECTED),
        opened(folder) as session,
    ):  # a mail that breaks the connection does not end the comparing
        grant_a_try(session.row)
        session.retry_failed()
    with opened(folder) as session:
        return fetch_missing(session)


@contextmanager
def opened(folder: ImapFolder) -> Iterator[Session]:
    with connected(folder.inbox) as mailbox:
        row = open_folder(mailbox, folder.inbox, folder.name)
        yield Session(mailbox, folder.inbox, row, alone=set())


def compare(folder: ImapFolder) -> Comparison:
    """The same without fetching or keeping anything; the folder is only looked at."""
    with connected(folder.inbox, timeout=PATIENCE_OF_A_PERSON) as mailbox:
        row = open_folder(mailbox, folder.inbox, folder.name, only_look=True)
        return count(mailbox, row)


def is_due(row: ImapFolder) -> bool:
    return row.reconciled_at is None or clock.now() - row.reconciled_at >= EVERY


def fetch_missing(session: Session, between: Callable[[], object] = lambda: None) -> Comparison:
    """Fetch what is missing, calling `between` after each batch: new mail does not wait for a long history.

    What failed before is left to `Session.retry_failed`.
    """
    failed = noted_uids(session.row, failed=True)
    missing = count(session.mailbox, session.row).missing
    for uids in batches([uid for uid in missing if uid not in failed]):
        session.take(uids, Why.MISSING)
        between()
    result = count(session.mailbox, session.row)
    keep(session.row, result)
    return result


def count(mailbox: Mailbox, row: ImapFolder) -> Comparison:
    wanted, settled = wanted_uids(mailbox, row), noted_uids(row, failed=False)
    missing = [uid for uid in wanted if uid not in settled]
    return Comparison(len(wanted), len(wanted) - len(missing), missing)


@short_connection()
def keep(row: ImapFolder, result: Comparison) -> None:
    row.server_count, row.stored_count = result.server_count, result.stored_count
    row.reconciled_at = clock.now()
    with transaction.atomic():
        row.save(update_fields=["server_count", "stored_count", "reconciled_at"])
        waiting = set(failed_uids(row))  # for another try soon
        if given_up := [uid for uid in result.missing if uid not in waiting]:
            tell_of_missing(row, given_up)
        grant_a_try(row)
