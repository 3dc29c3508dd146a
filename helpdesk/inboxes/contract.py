"""What every channel agrees on: how a message comes in, how an answer goes out, how it fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from helpdesk.inboxes.models import Inbox


@dataclass(frozen=True)
class Sender:
    """Who wrote, as the channel knows them: an identity (see ContactIdentity) and what else it told."""

    kind: str
    value: str
    name: str = ""
    email: str = ""
    language: str = ""
    is_verified: bool = False


@dataclass(frozen=True)
class InboundFile:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False
    description: str = ""  # what a picture shows, in words


@dataclass(frozen=True)
class InboundMessage:
    """One message of a customer, parsed, whatever the channel. Past a parser nobody sees the wire format.

    `external_id` is the channel's own id of the message and unique in its inbox: a second one is a
    duplicate. `ticket_id` is set where the channel proved the ticket (a signed address); `replies_to`
    lists ids of messages this one answers, nearest first. `html` is safe already.
    """

    inbox: Inbox
    sender: Sender
    external_id: str
    text: str
    html: str = ""
    quoted: str = ""  # what was quoted below the new text
    subject: str = ""
    sent_at: datetime | None = None
    files: Sequence[InboundFile] = ()
    ticket_id: int | None = None
    ticket_reason: str = ""
    replies_to: Sequence[str] = ()
    subject_ticket_id: int | None = None  # a [#42] in the subject: counts only from a participant
    to: Sequence[str] = ()
    cc: Sequence[str] = ()
    is_automatic: bool = False  # machine mail that may be filed but never opens or reopens
    is_for_bot: bool = False  # the answer bot takes it: nobody of the team is waited for until it hands over
    begins_ticket: bool = False  # the customer chose to begin another conversation
    language: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)  # page, referrer ...
    body_digest: str = ""  # tells a second copy from another message under the same external id
    participants: Sequence[Sender] = ()  # who else it was written to or by: kept in copy of the answers
    sender_check: str = ""  # Message.SenderCheck: whether the sender's domain vouched for it
    forwarded_by: int | None = None  # a teammate (user id) who handed on a customer's mail
    forwarder_note: str = ""  # what the teammate wrote above it: becomes an internal note


@dataclass(frozen=True)
class Reading:
    """What a stored raw message turned out to be: a message to receive, or an outcome with its reason."""

    message: InboundMessage | None = None
    outcome: str = ""  # RawMessage.Outcome, where there is no message
    reason: str = ""
    failed_message_id: int | None = None  # a bounce: our message that did not arrive
    failed_recipients: Sequence[str] = ()  # of them only these addresses, where the report names any
    is_delay: bool = False  # the report says that it is still being tried: nothing has failed
    delivered_message_id: int | None = None  # a report of success: our message that arrived
    delivered_recipients: Sequence[str] = ()  # at these addresses
    ticket_id: int | None = None
    message_id: int | None = None  # a duplicate: the message that is there already


@dataclass(frozen=True)
class Salvage:
    """What can still be told of a raw message that can't be read."""

    sender: Sender
    subject: str = ""
    file_name: str = ""  # to keep the bytes under
    content_type: str = "application/octet-stream"
    ticket_id: int | None = None  # the ticket whose own address it came to


class Unreadable(Exception):
    """The raw message can't be understood; the text says why. It goes to quarantine."""


@dataclass(frozen=True)
class Try:
    """One try to hand a message to one server: a line of the delivery log."""

    outcome: str  # DeliveryAttempt.Outcome
    server: str = ""  # host:port
    answer: str = ""  # the other server's words
    addresses: Sequence[str] = ()


class DeliveryError(Exception):
    """An answer did not leave. `permanent`: trying again is no use."""

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: int | None = None,
        tries: Sequence[Try] = (),
    ) -> None:
        super().__init__(reason)
        self.tries = tries  # for the delivery log, where there was more than one or a server to name
        self.permanent = permanent
        self.retry_after = retry_after  # seconds, where the other side named them


@dataclass(frozen=True)
class Refusal:
    """Why one recipient did not get it. `permanent`: trying again is no use."""

    reason: str
    permanent: bool


@dataclass(frozen=True)
class Handover:
    """What became of a message on a channel that answers for each recipient: all are in one of the two."""

    external_id: str
    accepted: Sequence[str] = ()
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    tries: Sequence[Try] = ()


class Transport(Protocol):
    """How an answer leaves through one kind of inbox."""

    def address_of(self, message: Any) -> str:
        """The external id under which the message will go out, fixed before the first try ("" if the
        other side gives it)."""

    def send(self, message: Any) -> "str | Handover":
        """Hand the message over. Returns the external id, or a Handover where the channel answers for each
        recipient. Raises DeliveryError."""
