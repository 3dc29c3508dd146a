"""One thread for each folder: it fetches, waits for the server to tell of new mail, and comes back after every failure."""

import imaplib
import logging
import random
import select
import ssl
import threading
import time

from django.db import Error, IntegrityError

from helpdesk.connectors.email.imap.account import fingerprint
from helpdesk.connectors.email.imap.connecting import Mailbox, connected
from helpdesk.connectors.email.imap.database import short_connection
from helpdesk.connectors.email.imap.folders import open_folder
from helpdesk.connectors.email.imap.reconciling import fetch_missing, is_due
from helpdesk.connectors.email.imap.session import Session
from helpdesk.connectors.email.imap.states import FolderIsGone, note_answer, note_trouble
from helpdesk.connectors.email.imap.storing import FolderChanged
from helpdesk.connectors.email.imap.trouble import EXPECTED, Trouble, as_trouble, without_secrets
from helpdesk.inboxes.models import Inbox

log = logging.getLogger(__name__)
IDLE_FOR = 180.0  # seconds: then it is asked all the same; far below the 29 minutes of RFC 2177
ASK_EVERY = 30.0  # seconds, where the server tells nothing by itself
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0  # seconds between tries to connect
LOOK_UP = 1.0  # seconds after which a waiting thread sees that it has to stop
RETRY_EVERY = 60.0  # seconds between tries of mails that could not be fetched


class Stopped(Exception):
    """The thread is asked to end."""


class Watcher(threading.Thread):
    """Reads one folder of one inbox until `stopping` is set. One that must end at once may be left: it stores nothing twice."""

    def __init__(self, inbox_id: int, name: str, *, mark: str = "", ask_every: float = ASK_EVERY) -> None:
        super().__init__(name=f"imap-{inbox_id}-{name}", daemon=True)
        self.inbox_id, self.folder, self.ask_every = inbox_id, name, ask_every
        self.mark = mark  # of the settings that it goes by
        self.stopping = threading.Event()
        self.was_open = False
        self.alone: set[int] = set()
        self.next_retry = 0.0

    def run(self) -> None:
        failures = 0
        while not self.stopping.is_set():
            self.was_open = False
            self.connect_once()
            failures = 0 if self.was_open else failures + 1
            self.stopping.wait(pause_after(failures))

    def connect_once(self) -> None:
        """One connection from login to its end, whatever ends it."""
        try:
            inbox = fresh_inbox(self.inbox_id)
            self.mark = fingerprint(inbox)
            try:
                with connected(inbox) as mailbox:
                    self.mark = fingerprint(
                        inbox
                    )  # a refresh token that the login renewed is no change to act on
                    self.serve(mailbox, inbox)
            except FolderChanged:
                pass
            except EXPECTED as error:
                self.note(inbox, as_trouble(error))
        except (Stopped, FolderIsGone, Inbox.DoesNotExist, IntegrityError):
            self.stopping.set()  # an IntegrityError: the inbox was deleted under our hands
        except Error as error:
            log.warning("%s waits for the database: %s", self.name, error)
        except Exception:
            log.exception("%s failed", self.name)

    def note(self, inbox: Inbox, trouble: Trouble) -> None:
        if not self.stopping.is_set():
            log.warning("%s is %s: %s", self.name, trouble.state, without_secrets(str(trouble), inbox))
            note_trouble(inbox, self.folder, trouble)

    def serve(self, mailbox: Mailbox, inbox: Inbox) -> None:
        row = open_folder(mailbox, inbox, self.folder)
        is_pushed = mailbox.can_push

        def go_on() -> None:
            """Before each batch: a long history is no silence, and may be broken off."""
            if self.stopping.is_set():
                raise Stopped
            note_answer(row, is_pushed=is_pushed)

        session = Session(mailbox, inbox, row, alone=self.alone, before_each=go_on)
        while not self.stopping.is_set():
            note_answer(row, is_pushed=is_pushed)
            self.was_open = True
            session.fetch_new()
            if time.monotonic() >= self.next_retry:
                self.next_retry = time.monotonic() + RETRY_EVERY
                session.retry_failed()
            if is_due(row):
                fetch_missing(session, between=session.fetch_new)
            elif is_pushed:
                is_pushed = wait_for_push(mailbox, IDLE_FOR, self.stopping)
            else:
                self.stopping.wait(self.ask_every)
            mailbox.client.untagged_responses.clear()  # imaplib keeps all that it is told
            mailbox.client.noop()  # only now do some servers show what came meanwhile


@short_connection()
def fresh_inbox(inbox_id: int) -> Inbox:
    return Inbox.objects.get(pk=inbox_id)


def pause_after(failures: int) -> float:
    """Seconds: doubled from failure to failure, and never the same for all folders of a server that comes back."""
    return min(FIRST_PAUSE * 2**failures, LONGEST_PAUSE) * random.uniform(0.8, 1.2)


def wait_for_push(mailbox: Mailbox, seconds: float, stopping: threading.Event) -> bool:
    """IDLE until the server says anything, at most `seconds`; False where it won't have IDLE after all."""
    client = mailbox.client
    mailbox.idle.start()
    tag = mailbox.idle._idle_tag
    if client.tagged_commands.get(tag):
        client.tagged_commands.pop(tag)
        return False
    end = time.monotonic() + seconds
    while not stopping.is_set() and time.monotonic() < end:
        if has_more(client) or is_readable(client, LOOK_UP):
            break
    mailbox.idle.stop()
    return True


def has_more(client: imaplib.IMAP4) -> bool:
    """Whether something was read together with an earlier line: it lies in a buffer, where no look at the socket sees it."""
    buffered = getattr(client, "_file", None) or client.file  # from Python 3.14 on; and before
    patience = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        return bool(buffered.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        client.sock.settimeout(patience)


def is_readable(client: imaplib.IMAP4, seconds: float) -> bool:
    poll = select.poll()
    poll.register(client.sock, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
