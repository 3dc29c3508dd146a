"""What the tests of IMAP ask again and again."""

from helpdesk.connectors.email.imap.connecting import connected
from helpdesk.connectors.email.imap.folders import open_folder
from helpdesk.connectors.email.imap.session import Session
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.inboxes.models import RawMessage
from tests.helpdesk.connectors.email.samples import mail


def fetch_once(inbox, name="INBOX", alone=None):
    """One connection: what is new, and what failed before."""
    with connected(inbox) as mailbox:
        row = open_folder(mailbox, inbox, name)
        session = Session(mailbox, inbox, row, alone=set() if alone is None else alone)
        session.fetch_new()
        session.retry_failed()
    return row


def numbered(number, **fields):
    return mail(
        f"Mail {number}", subject=f"Order {number}", message_id=f"<m{number}@customer.example>", **fields
    )


def subjects():
    """Of all raw mail, in the order of storing."""
    bodies = RawMessage.objects.order_by("pk").values_list("body", flat=True)
    return [
        bytes(body).lower().split(b"subject: ")[1].split(b"\r\n")[0].decode().capitalize() for body in bodies
    ]


def folder_of(inbox):
    return ImapFolder.objects.get(inbox=inbox)


def is_watched(inbox):
    """Connected, and the first comparison is over: from now on new mail is told of."""
    return ImapFolder.objects.filter(inbox=inbox, state="ok", reconciled_at__isnull=False).exists()
