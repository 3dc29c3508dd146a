"""One open folder: its mails fetched in small batches, each batch stored and the cursor moved in one transaction."""

import imaplib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

from django.conf import settings
from imap_tools.errors import ImapToolsError

from helpdesk.connectors.email.imap.commands import (
    Listed,
    fetch_bodies,
    fetch_header,
    list_mails,
    search,
)
from helpdesk.connectors.email.imap.connecting import Mailbox
from helpdesk.connectors.email.imap.folders import new_uids
from helpdesk.connectors.email.imap.oversize import header_with_note, words_about_size
from helpdesk.connectors.email.imap.storing import Fetched, failed_uids, forget_gone, store_batch
from helpdesk.connectors.email.imap.tidying import tidy_up
from helpdesk.connectors.email.imap.trouble import EXPECTED, said_by
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.connectors.email.parsing.headers import raw_field
from helpdesk.connectors.email.recipients import fields_of
from helpdesk.inboxes.models import Inbox

BATCH = 25  # mails
AT_ONCE = 4 * 2**20  # bytes that one command may bring; what is larger comes alone
OLD_MAIL = timedelta(days=30)  # a restored mailbox may date all its mail from the day of the restoring


class Why(Enum):
    """Why a mail is fetched."""

    NEW = "it is above the cursor"
    AGAIN = "it failed before"
    MISSING = "the server has it and we have not"  # history, or overlooked: only if it came after the folder's start


class Session:
    """`alone` holds UIDs that are asked for one by one, because a batch with them in it broke the connection. It outlives
    the session, so that the one bad mail is found and the others go on."""

    def __init__(
        self,
        mailbox: Mailbox,
        inbox: Inbox,
        row: ImapFolder,
        *,
        alone: set[int],
        before_each: Callable[[], None] = lambda: None,
    ) -> None:
        self.mailbox, self.inbox, self.row, self.alone = mailbox, inbox, row, alone
        self.before_each = before_each  # batch; may raise to end the session

    def fetch_new(self) -> int:
        """Everything above the cursor, oldest first; how many mails were stored."""
        return sum(self.take(uids, Why.NEW) for uids in batches(new_uids(self.mailbox, self.row)))

    def retry_failed(self) -> None:
        """Once more each mail that could not be fetched, as long as it has tries left and is still there."""
        failed = failed_uids(self.row)
        if not failed:
            return
        there = search(self.mailbox, f"UID {','.join(map(str, failed))}")
        forget_gone(self.row, set(failed) - set(there))
        self.alone.update(there)
        for uid in there:
            self.take([uid], Why.AGAIN)

    def take(self, uids: Sequence[int], why: Why) -> int:
        """Fetch these mails and store them; afterwards, and only then, do on the server what the account wants done."""
        self.before_each()
        listed = list_mails(self.mailbox, uids)
        stored = 0
        for group in self.groups(uids, listed):
            whole = self.store(self.fetch(group, listed, why), why)
            stored += len(whole)
            tidy_up(self.mailbox, whole)
        return stored

    def store(self, mails: Sequence[Fetched], why: Why) -> list[int]:
        return store_batch(self.row, self.inbox, mails, is_new=why == Why.NEW)

    def groups(self, uids: Sequence[int], listed: dict[int, Listed]) -> Iterator[list[int]]:
        """Neighbours that fit into one command."""
        group: list[int] = []
        size = 0
        for uid in uids:
            mail_size = listed[uid].size if uid in listed else 0
            if group and (uid in self.alone or group[-1] in self.alone or size + mail_size > AT_ONCE):
                yield group
                group, size = [], 0
            group.append(uid)
            size += mail_size
        if group:
            yield group

    def fetch(self, uids: list[int], listed: dict[int, Listed], why: Why) -> list[Fetched]:
        """What the server gives for each of them; what it refuses to give is noted as that mail's error."""
        try:
            return list(self.fetched(uids, listed, why))
        except EXPECTED as error:
            if not is_answer(error):
                self.note_break(uids, error, why)
                raise
            if len(uids) > 1:
                return [one for uid in uids for one in self.fetch([uid], listed, why)]
            return [Fetched(uids[0], error=said_by(error))]

    def note_break(self, uids: list[int], error: Exception, why: Why) -> None:
        """The connection broke while these were asked for. Once may be chance; a single mail that does it again is to blame."""
        if len(uids) == 1 and uids[0] in self.alone:
            failure = Fetched(uids[0], error=said_by(error) or type(error).__name__)
            self.store([failure], why)
        self.alone.update(uids)

    def fetched(self, uids: list[int], listed: dict[int, Listed], why: Why) -> Iterator[Fetched]:
        large = {uid for uid in uids if uid in listed and listed[uid].size > settings.MAIL_MAX_BYTES}
        old = {uid for uid in uids if why == Why.MISSING and self.is_before_start(listed.get(uid))}
        asked = [uid for uid in uids if uid in listed and uid not in large | old]
        bodies = fetch_bodies(self.mailbox, asked) if asked else {}
        for uid in uids:
            if uid in old:
                yield Fetched(uid, is_wanted=False)
            elif uid in large:
                yield self.fetched_header(uid, listed[uid].size)
            elif uid in bodies:
                is_old = why == Why.MISSING and self.is_written_long_before(bodies[uid])
                yield Fetched(uid, bodies[uid], is_wanted=not is_old)
            else:
                yield Fetched(uid, error="The server gave nothing for it.")

    def fetched_header(self, uid: int, size: int) -> Fetched:
        head = fetch_header(self.mailbox, uid)
        if head is None:
            return Fetched(uid, error="The server gave nothing for it.")
        where = f"{self.row.name}, {self.mailbox.account.host}"
        return Fetched(uid, header_with_note(head, size, where), too_large=words_about_size(size))

    def is_before_start(self, listed: Listed | None) -> bool:
        """Of a mail that lay there already: the day that the search goes by is finer here."""
        start = self.row.started_at
        return bool(start and listed and listed.arrived_at and listed.arrived_at < start)

    def is_written_long_before(self, body: bytes) -> bool:
        """Of a mail that says it arrived after the start: a mailbox that was copied may say so of all its history."""
        start = self.row.started_at
        written = date_of(body) if start else None
        return bool(start and written and written < start - OLD_MAIL)


def is_answer(error: Exception) -> bool:
    """The server refused one command; the connection goes on."""
    if isinstance(error, imaplib.IMAP4.abort):
        return False
    return isinstance(error, (ImapToolsError, imaplib.IMAP4.error))


def batches(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), BATCH):
        yield uids[start : start + BATCH]


def date_of(body: bytes) -> datetime | None:
    value = raw_field(fields_of(body), "date")
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
