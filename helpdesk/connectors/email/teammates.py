"""A mail that a teammate forwards to the helpdesk is the customer's mail inside it."""

from dataclasses import replace

from helpdesk.connectors.email.parsing.forwarded import Forwarded, read_forwarded
from helpdesk.connectors.email.parsing.forwarded_words import FORWARD_SUBJECT
from helpdesk.connectors.email.parsing.language import language_of
from helpdesk.connectors.email.parsing.message import ParsedEmail
from helpdesk.connectors.email.recipients import is_our_address
from helpdesk.inboxes.contract import InboundFile, InboundMessage, Sender
from helpdesk.people.models import User
from helpdesk.tickets.models import Message

INSIDE = {"message/rfc822", "message/global"}


def hand_on(message: InboundMessage, mail: ParsedEmail) -> tuple[InboundMessage, str]:
    """The message inside a teammate's forward, asked by whoever wrote it first; any other mail as it is.

    The second value says, for the log of what came in, what was made of a forward.
    """
    if not looks_forwarded(mail) or (user := teammate(mail.sender.addr)) is None:
        return message, ""
    forwarded = read_forwarded(mail)
    if forwarded is None or is_our_address(forwarded.sender.addr):
        return message, ""
    if message.sender_check == Message.SenderCheck.FAIL:
        return message, (
            f"A forward in the name of {user}, but the sender's domain does not vouch for it: "
            "taken as an ordinary message."
        )
    return inner_message(message, forwarded, user), f"Forwarded by {user}."


def looks_forwarded(mail: ParsedEmail) -> bool:
    """Cheap, for every mail: the subject says so, or a mail hangs on."""
    return bool(FORWARD_SUBJECT.match(mail.subject)) or any(
        one.content_type in INSIDE for one in mail.attachments
    )


def teammate(address: str) -> User | None:
    return User.objects.filter(email=address.strip().lower(), is_active=True).first()


def inner_message(message: InboundMessage, inner: Forwarded, user: User) -> InboundMessage:
    """The outer mail keeps its own id, so that it is known when it comes twice."""
    known = [inner.message_id] if inner.message_id else []  # that mail itself may be with us already
    return replace(
        message,
        sender=Sender(message.sender.kind, inner.sender.addr[:254], name=inner.sender.name),
        subject=inner.subject or FORWARD_SUBJECT.sub("", message.subject).strip(" ]"),
        text=inner.text,
        html=inner.html,
        quoted="",
        sent_at=inner.date or message.sent_at,
        files=files_of(inner, message) if inner.is_attached else message.files,
        replies_to=list(dict.fromkeys([*known, *message.replies_to])),
        to=[box.addr for box in inner.to if box.addr],
        cc=[box.addr for box in inner.cc if box.addr],
        participants=(),
        attributes={},
        language=language_of(inner.language),
        forwarded_by=user.pk,
        forwarder_note=inner.note,
    )


def files_of(inner: Forwarded, message: InboundMessage) -> list[InboundFile]:
    """Those of the mail that hung on, and what the forwarder added to it."""
    files = [
        InboundFile(one.shown_name, one.content_type, one.content, one.content_id, one.inline)
        for one in inner.attachments
    ]
    return [*files, *(file for file in message.files if file.content_type not in INSIDE)]
