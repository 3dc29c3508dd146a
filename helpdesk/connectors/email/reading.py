"""A stored raw mail -> what it asks for: a message on a ticket, a failed answer, or nothing with a reason.

Called by helpdesk.tickets.raw inside its transaction, once a row. No rule here throws a mail away: what is set aside keeps
its row, its reason and a button to read it again.
"""

import hashlib
import re
from collections.abc import Iterable

from django.db import connection

from helpdesk.connectors.email.beside import people_beside
from helpdesk.connectors.email.known import Copy, what_is_known
from helpdesk.connectors.email.lists import list_refusal
from helpdesk.connectors.email.parsing.classify import EMPTY_RETURN_PATH
from helpdesk.connectors.email.parsing.language import language_of
from helpdesk.connectors.email.parsing.message import Address, ParsedEmail, ParseError
from helpdesk.connectors.email.parsing.parse import parse_email
from helpdesk.connectors.email.recipients import Recipient, find_recipient, is_our_address
from helpdesk.connectors.email.sender_check import check_sender
from helpdesk.connectors.email.teammates import hand_on
from helpdesk.inboxes.contract import InboundFile, InboundMessage, Reading, Sender, Unreadable
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.people.contacts import lock_contact
from helpdesk.tickets.models import Message
from helpdesk.tickets.surveys import stop_surveys

SUBJECT_NUMBER = re.compile(r"\[#(\d{1,15})\]")
ROBOT = re.compile(
    r"^(no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer|form|contact[-_.]?form|wordpress|www-data|noresponder)\b",
    re.I,
)
NOBODY = "unknown.invalid"  # the domain of senders who gave no address; RFC 2606 keeps it from ever existing
EMAIL = "email"


def read_raw(raw: RawMessage) -> Reading:
    """What to do with this mail. Raises Unreadable, with the reason, when it is none."""
    try:
        mail = parse_email(bytes(raw.body))
    except ParseError as error:
        raise Unreadable(str(error)) from error
    wait_for_turn(raw.digest, mail.message_id)
    body_digest = digest_of(mail)
    known = what_is_known(raw, sender=mail.sender.addr, message_id=mail.message_id, body_digest=body_digest)
    if known.same_bytes:
        return copy_of(known.same_bytes, f"The same mail as raw message {known.same_bytes.number}.")
    recipient = signed_recipient(raw, mail)
    if recipient.unsubscribed_contact_id:
        return end_surveys(recipient.unsubscribed_contact_id)
    if mail.kind in ("bounce", "delay"):
        return read_bounce(mail, recipient)
    if mail.delivered_recipients and mail.kind == "auto_reply":
        return read_receipt(mail, recipient)
    if mail.kind in ("auto_reply", "feedback") and mail.kind_reason != EMPTY_RETURN_PATH:
        words = {"auto_reply": "Automatic answer", "feedback": "Complaint report"}[mail.kind]
        return Reading(
            outcome="ignored", reason=f"{words}: {mail.kind_reason}", ticket_id=recipient.ticket_id
        )
    if known.is_from_us and not reply_to(mail):
        return Reading(outcome="ignored", reason="It comes from one of our own addresses.")
    if mail.kind == "list" and (reason := list_refusal(mail, recipient)):
        return Reading(outcome="ignored", reason=reason)
    if known.twin:
        return copy_of(known.twin, f"Also delivered to {known.twin.inbox}.")
    message, made_of_it = hand_on(message_of(mail, raw, recipient, body_digest), mail)
    return Reading(message=message, reason=made_of_it or threading_note(recipient))


def copy_of(copy: Copy, reason: str) -> Reading:
    return Reading(outcome="duplicate", reason=reason, ticket_id=copy.ticket_id, message_id=copy.message_id)


def wait_for_turn(digest: str, message_id: str) -> None:
    """Until this transaction ends, others with one of these wait: of two copies, two workers can't both be the first.

    The locks are taken in the order of their numbers, so that no two can wait for each other.
    """
    keys = [hashlib.sha256(key.encode()).digest()[:8] for key in (digest, message_id) if key]
    numbers = sorted(int.from_bytes(key, signed=True) for key in keys)
    locks = ", ".join(["pg_advisory_xact_lock(%s)"] * len(numbers))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {locks}", numbers)


def signed_recipient(raw: RawMessage, mail: ParsedEmail) -> Recipient:
    """The signed address of ours that the mail is for, from the envelope or else from its headers; else its plain inbox."""
    headers = [*mail.delivered_to, *(box.addr for box in (*mail.to, *mail.cc))]
    for address in (raw.recipient, *headers[:50]):
        if "+" in address and (found := find_recipient(address)) and found.is_signed:
            return found
    return Recipient(raw.inbox)


def read_bounce(mail: ParsedEmail, recipient: Recipient) -> Reading:
    """Tie a bounce to the very message of ours that failed: by the address it came back to, else by the Message-ID in it."""
    message = failed_message(mail, recipient)
    told = mail.failure_reason or mail.kind_reason
    who = ", ".join(mail.failed_recipients)
    reason = f"{who}: {told}" if who else told
    if mail.kind == "delay":
        reason = f"Still being tried. {reason}"
    if message is None:
        return Reading(outcome="bounce", reason=f"No message of ours. {reason}")
    return Reading(
        outcome="bounce",
        reason=reason,
        failed_message_id=message.pk,
        failed_recipients=mail.failed_recipients,
        is_delay=mail.kind == "delay",
        delivered_message_id=message.pk if mail.delivered_recipients else None,
        delivered_recipients=mail.delivered_recipients,
        ticket_id=message.ticket_id,
    )


def read_receipt(mail: ParsedEmail, recipient: Recipient) -> Reading:
    """A report that names only recipients whom our mail reached."""
    message = failed_message(mail, recipient)
    return Reading(
        outcome="bounce",
        reason=f"Delivered to {', '.join(mail.delivered_recipients)}.",
        delivered_message_id=message and message.pk,
        delivered_recipients=mail.delivered_recipients,
        ticket_id=message and message.ticket_id,
    )


def failed_message(mail: ParsedEmail, recipient: Recipient) -> Message | None:
    ours = Message.objects.filter(kind__in=Message.SENT_KINDS)
    if recipient.bounced_message_id:
        return ours.filter(pk=recipient.bounced_message_id).first()
    ids = [one for one in (mail.original_message_id, *mail.in_reply_to, *reversed(mail.references)) if one]
    return ours.filter(external_id__in=ids).order_by("-pk").first() if ids else None


def end_surveys(contact_id: int) -> Reading:
    stop_surveys(lock_contact(contact_id))
    return Reading(outcome="ignored", reason="Unsubscribed from surveys.")


def message_of(mail: ParsedEmail, raw: RawMessage, recipient: Recipient, body_digest: str) -> InboundMessage:
    """The mail as every channel's message. The text is what is new; the whole mail goes into `quoted` when they differ."""
    text, sender = mail.new_text or mail.text, sender_of(mail, raw)
    trusted = raw.inbox.options.get("authserv_id", "")
    return InboundMessage(
        inbox=raw.inbox,
        sender=sender,
        external_id=(mail.message_id or f"sha256:{raw.digest}")[:500],
        text=text,
        html=mail.html,
        quoted=mail.text if text.strip() != mail.text.strip() else "",
        subject=mail.subject,
        sent_at=mail.date,
        files=[
            InboundFile(a.shown_name, a.content_type, a.content, a.content_id, a.inline)
            for a in mail.attachments
        ],
        ticket_id=recipient.ticket_id or ticket_of_bounce_address(recipient),
        ticket_reason="address",
        replies_to=each_once([*mail.in_reply_to, *reversed(mail.references)]),
        subject_ticket_id=number_in(mail.subject),
        to=each_once(box.addr for box in mail.to if box.addr),
        cc=each_once(box.addr for box in mail.cc if box.addr),
        body_digest=body_digest,
        participants=people_beside(mail, raw, sender=sender.value),
        language=language_of(mail.language),
        attributes=answer_address(mail) | list_mark(mail, raw.inbox),
        is_automatic=is_without_way_back(mail, raw),
        sender_check=check_sender(bytes(raw.body), sender.value, authserv_id=trusted),
    )


def is_without_way_back(mail: ParsedEmail, raw: RawMessage) -> bool:
    """An empty envelope sender, which is how servers mark what nobody may answer (RFC 3834): told by SMTP, and by the
    server that took it in and wrote it down."""
    return mail.kind_reason == EMPTY_RETURN_PATH or (raw.door in ("smtp", "lmtp") and not raw.sender)


def list_mark(mail: ParsedEmail, inbox: Inbox) -> dict[str, bool]:
    """A machine does not answer what a list sent round, unless the list is the very address of the inbox."""
    if mail.kind != "list":
        return {}
    local, _at, domain = inbox.address.lower().partition("@")
    told = f"{mail.auto_headers.get('list-post', '')} {mail.auto_headers.get('list-id', '')}".lower()
    is_ours = f"{local}@{domain}" in told or f"{local}.{domain}" in told
    return {} if is_ours else {"from_list": True}


def digest_of(mail: ParsedEmail) -> str:
    """SHA-256 of what the mail says, hex. Not of its bytes: a copy by another way carries other trace headers."""
    said = [mail.sender.addr, mail.subject, str(mail.date), mail.text, mail.html_source]
    files = [hashlib.sha256(file.content).hexdigest() for file in mail.attachments]
    return hashlib.sha256("\0".join([*said, *files]).encode("utf-8", "replace")).hexdigest()


def answer_address(mail: ParsedEmail) -> dict[str, str]:
    """The Reply-To, where it leads elsewhere than the From. It holds for the ticket that this mail opens and never
    for the contact: whoever forges one mail of a customer must not be sent the answers to the real ones."""
    wanted = reply_to(mail)
    return {"answer_to": wanted.addr} if wanted and wanted.addr.lower() != mail.sender.addr.lower() else {}


def reply_to(mail: ParsedEmail) -> Address | None:
    """The first Reply-To that is none of our own addresses."""
    return next((one for one in mail.reply_to if one.addr and not is_our_address(one.addr)), None)


def sender_of(mail: ParsedEmail, raw: RawMessage) -> Sender:
    """Who wrote. A form's robot gives way to the Reply-To, and so does a form that writes in our own name; nobody at all
    becomes an unknown sender of their own."""
    box, wanted = mail.sender, reply_to(mail)
    is_form = wanted and (ROBOT.match(box.addr) or is_our_address(box.addr))
    if is_form and wanted.addr.lower() != box.addr.lower():
        box = wanted
    if "@" not in box.addr and "@" in raw.sender:
        box = box._replace(addr=raw.sender)
    if "@" not in box.addr:
        return Sender(EMAIL, f"{raw.digest[:16]}@{NOBODY}", name=box.name or box.addr or "Unknown sender")
    return Sender(EMAIL, box.addr[:254], name=box.name)


def ticket_of_bounce_address(recipient: Recipient) -> int | None:
    """Somebody who answers the envelope address means the ticket of that mail."""
    if not recipient.bounced_message_id:
        return None
    return Message.objects.values_list("ticket_id", flat=True).get(pk=recipient.bounced_message_id)


def number_in(subject: str) -> int | None:
    found = SUBJECT_NUMBER.search(subject)
    return int(found[1]) if found else None


def threading_note(recipient: Recipient) -> str:
    return "Came to the ticket's own address." if recipient.ticket_id else ""


def each_once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
