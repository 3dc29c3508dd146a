"""What we say to an IMAP server, and how its answers are read. Nothing here changes what lies on the server."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from imap_tools.errors import MailboxFetchError, MailboxUidsError
from imap_tools.utils import check_command_status

from helpdesk.connectors.email.imap.connecting import Mailbox
from helpdesk.connectors.email.imap.trouble import State, Trouble

UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')
EMPTY = re.compile(rb'BODY\[[A-Z]*\](?:<0>)? ""')  # NIL, in its place, says that the server can't read it
NEXT_ITEM = re.compile(rb"\d+ \(")
LONGEST_HEADER = 256 * 1024  # bytes


class Listed(NamedTuple):
    """What the server says of a mail before it is fetched."""

    size: int
    arrived_at: datetime | None


def select_folder(mailbox: Mailbox, name: str, *, is_readonly: bool) -> tuple[int, int]:
    """Choose the folder; its UIDVALIDITY, and the UID that the next mail will have."""
    mailbox.folder.set(name, readonly=is_readonly)
    told = mailbox.client.untagged_responses
    if "UIDVALIDITY" not in told:
        raise Trouble(State.BROKEN, "The server gives no UIDVALIDITY: mails can't be told apart there.")
    next_uid = told.get("UIDNEXT") or [highest_uid(mailbox) + 1]
    return int(told["UIDVALIDITY"][-1]), int(next_uid[-1])


def highest_uid(mailbox: Mailbox) -> int:
    """For servers from before RFC 3501, which do not say what the next UID will be."""
    return max(search(mailbox, "UID *"), default=0)


def search(mailbox: Mailbox, criterion: str) -> list[int]:
    """The UIDs that it holds for, in order."""
    result = mailbox.client.uid("SEARCH", criterion)
    check_command_status(result, MailboxUidsError)
    return sorted({int(uid) for line in result[1] if line for uid in line.split()})


def uids_from(mailbox: Mailbox, first: int, *, since: datetime | None = None) -> list[int]:
    """Every UID from `first` on, of mail that arrived `since` then (to the day before, servers know no hours).

    A range that begins above the last UID holds the last one all the same (RFC 3501, 6.4.8): it is left out here.
    """
    day = f" SINCE {since:%d}-{MONTHS[since.month - 1]}-{since:%Y}" if since else ""
    return [uid for uid in search(mailbox, f"UID {first}:*{day}") if uid >= first]


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def list_mails(mailbox: Mailbox, uids: Iterable[int]) -> dict[int, Listed]:
    """Size and arrival of those that are still there."""
    listed = {}
    for text, _literal in fetch(mailbox, uids, "(UID RFC822.SIZE INTERNALDATE)"):
        uid, size, arrived = UID.search(text), SIZE.search(text), ARRIVED.search(text)
        if uid and size:
            listed[int(uid[1])] = Listed(int(size[1]), moment_of(arrived[1]) if arrived else None)
    return listed


def moment_of(text: bytes) -> datetime | None:
    """An INTERNALDATE, as ` 7-Nov-2026 09:05:00 +0100`, in UTC."""
    try:
        day, hour, zone = text.decode("ascii").split()
        number, month, year = day.split("-")
        iso = f"{year}-{MONTHS.index(month.title()) + 1:02}-{number:0>2}T{hour}{zone}"
        return datetime.fromisoformat(iso).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def fetch_bodies(mailbox: Mailbox, uids: Iterable[int]) -> dict[int, bytes]:
    """The whole mails that are still there, without marking them as seen."""
    return by_uid(fetch(mailbox, uids, "(UID BODY.PEEK[])"))


def fetch_header(mailbox: Mailbox, uid: int) -> bytes | None:
    """The header of one mail, its first 256 KB; None when it is gone."""
    return by_uid(fetch(mailbox, [uid], f"(UID BODY.PEEK[HEADER]<0.{LONGEST_HEADER}>)")).get(uid)


def by_uid(items: Iterable[tuple[bytes, bytes | None]]) -> dict[int, bytes]:
    found = {}
    for text, literal in items:
        uid = UID.search(text)
        if uid and literal is None and EMPTY.search(text):
            literal = b""
        if uid and literal is not None:
            found[int(uid[1])] = literal
    return found


def fetch(mailbox: Mailbox, uids: Iterable[int], what: str) -> Iterator[tuple[bytes, bytes | None]]:
    result = mailbox.client.uid("FETCH", ",".join(map(str, uids)), what)
    check_command_status(result, MailboxFetchError)
    return items_in(result[1])


def items_in(data: list[Any]) -> Iterator[tuple[bytes, bytes | None]]:
    """One (text, literal) for each answer. imaplib gives a literal as a pair with what stood before it, and what stood
    behind it as the next entry; between them may lie answers that nobody asked for (flags that somebody changed)."""
    text, literal = b"", None
    for entry in data:
        begins = isinstance(entry, tuple) or (isinstance(entry, bytes) and NEXT_ITEM.match(entry))
        if begins and text:
            yield text, literal
            text, literal = b"", None
        if isinstance(entry, tuple):
            text, literal = entry[0], entry[1]
        elif isinstance(entry, bytes):
            text += entry
    if text:
        yield text, literal
