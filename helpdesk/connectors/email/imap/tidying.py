"""What happens on the server to a mail that is stored here: nothing, marked as read, or moved to another folder."""

import imaplib
import logging
from collections.abc import Sequence

from imap_tools.errors import ImapToolsError, MailboxCopyError, MailboxMoveError
from imap_tools.utils import check_command_status, encode_folder

from helpdesk.connectors.email.imap.account import MOVE
from helpdesk.connectors.email.imap.connecting import Mailbox
from helpdesk.connectors.email.imap.trouble import said_by

log = logging.getLogger(__name__)


def tidy_up(mailbox: Mailbox, uids: Sequence[int]) -> None:
    """Do it. A refusal is only logged: the mails are stored, and the cursor does not go by what the server shows."""
    account = mailbox.account
    if not uids or not account.changes_the_server:
        return
    numbers = ",".join(map(str, uids))
    try:
        if account.after == MOVE:
            move(mailbox, numbers, account.move_to)
        else:
            mailbox.client.uid("STORE", numbers, "+FLAGS.SILENT", r"(\Seen)")
    except imaplib.IMAP4.abort:
        raise
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        log.warning("mails of %s stay as they are on the server: %s", account.name, said_by(error))


def move(mailbox: Mailbox, numbers: str, folder: str) -> None:
    """Into `folder`, which is made where it does not exist. Never a plain EXPUNGE: it would take others' mails along."""
    client, name = mailbox.client, encode_folder(folder)
    if "MOVE" in client.capabilities:
        done = client.uid("MOVE", numbers, name)
        if is_folder_missing(done):
            mailbox.folder.create(folder)
            done = client.uid("MOVE", numbers, name)
        check_command_status(done, MailboxMoveError)
        return
    done = client.uid("COPY", numbers, name)
    if is_folder_missing(done):
        mailbox.folder.create(folder)
        done = client.uid("COPY", numbers, name)
    check_command_status(done, MailboxCopyError)
    client.uid("STORE", numbers, "+FLAGS.SILENT", r"(\Deleted)")
    if "UIDPLUS" in client.capabilities:
        client.uid("EXPUNGE", numbers)


def is_folder_missing(done: tuple) -> bool:
    return done[0] == "NO" and b"[TRYCREATE]" in b" ".join(
        part for part in done[1] if isinstance(part, bytes)
    )
