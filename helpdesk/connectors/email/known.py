"""What the database knows of a mail before it goes onto a ticket. Three questions in one statement: every mail asks them, and
asked one by one they cost more than parsing it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from helpdesk.connectors.email.recipients import is_our_address
from helpdesk.inboxes.models import RawMessage

SENT_AGAIN_WITHIN = timedelta(days=2)

# Bytes: the row of the same mail that was read before, since its server did not hear our yes and sent it again. A mail on a
# ticket is known by its Message-ID anyhow; this is for what was set aside. After a crash rows are read in any order, so
# the row read first is the mail. The window of days keeps the look cheap.
# Twin: the same mail on its other way: it was written to two of our addresses and came once for each.
KNOWN = """
    (SELECT 'bytes', id, ticket_id, message_id, '' FROM inboxes_rawmessage
     WHERE inbox_id = %(inbox)s AND digest = %(digest)s AND recipient = %(recipient)s AND id <> %(raw)s
       AND received_at BETWEEN %(earliest)s AND %(latest)s
       AND outcome IN ('created', 'appended', 'bounce', 'ignored')
     ORDER BY id LIMIT 1)
    UNION ALL
    (SELECT 'twin', message.id, message.ticket_id, message.id, coalesce(nullif(inbox.address, ''), inbox.name)
     FROM tickets_message message JOIN inboxes_inbox inbox ON inbox.id = message.inbox_id
     WHERE message.external_id = %(external_id)s AND message.external_id <> ''
       AND message.body_digest = %(body_digest)s AND message.inbox_id <> %(inbox)s
     ORDER BY message.id LIMIT 1)
    UNION ALL
    (SELECT 'own', id, NULL, NULL, '' FROM inboxes_inbox
     WHERE kind = 'email' AND is_active AND upper(address) = upper(%(sender)s) LIMIT 1)"""


@dataclass(frozen=True)
class Copy:
    """A mail that is here already: as the row of this number, or by the inbox of this name."""

    number: int
    ticket_id: int | None
    message_id: int | None
    inbox: str


@dataclass(frozen=True)
class Known:
    same_bytes: Copy | None
    twin: Copy | None
    is_from_us: bool


def what_is_known(raw: RawMessage, *, sender: str, message_id: str, body_digest: str) -> Known:
    """Of the mail `raw` from the address `sender`, which says what has this digest."""
    asked: dict[str, Any] = {
        "raw": raw.pk,
        "inbox": raw.inbox_id,
        "digest": raw.digest,
        "recipient": raw.recipient,
        "earliest": raw.received_at - SENT_AGAIN_WITHIN,
        "latest": raw.received_at + SENT_AGAIN_WITHIN,
        "external_id": message_id[:500],
        "body_digest": body_digest,
        "sender": sender if sender and sender.isprintable() else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, asked)
        found = {how: Copy(*rest) for how, *rest in cursor.fetchall()}
    is_tagged = "+" in sender  # then it may be the signed way back of one of our mails
    return Known(
        found.get("bytes"), found.get("twin"), "own" in found or (is_tagged and is_our_address(sender))
    )
