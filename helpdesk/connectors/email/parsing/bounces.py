"""What a bounce says: which addresses failed, why, and which of our mails it was.

Reports of RFC 3464 are read field by field; the free words of other servers first by our patterns, then by flufl.bounce,
which knows some forty formats.
"""

import email
import re
from collections.abc import Iterable
from dataclasses import dataclass

from flufl.bounce import all_failures

from helpdesk.connectors.email.parsing.charsets import decode_bytes
from helpdesk.connectors.email.parsing.headers import one_line, raw_field, split_fields
from helpdesk.connectors.email.parsing.mime import Part, split_header

LONGEST_WORDS = 50_000  # characters of a bounce's text that are looked at
LONGEST_REPORT = 200_000  # bytes that the library gets: reports stand above the mail that came back
MOST_BLOCKS = 1_000
ADDRESS = r"[^\s<>()\[\]\",;:|]+@[^\s<>()\[\]\",;:|]+[^\s<>()\[\]\",;:|.]"
RECIPIENT_FIELDS = ("final-recipient", "original-recipient")
WORDS = re.compile(
    r"could not be delivered|couldn'?t be delivered|cannot be delivered|unable to deliver|was not delivered|wasn'?t delivered|delivery (to the "
    r"following|has failed|failed|failure)|did not reach the following|undeliverable|permanent (fatal )?error|recipient address rejected|"
    r"user unknown|unknown user|no such user|invalid user address|mailbox (is )?(full|unavailable)|over quota|transcript of session follows|returned to sender|"
    r"this is a permanent error|status: 5\.\d|smtp;\s?5\d\d|\b55[0-4][ -]\d?\.?|has been delayed|not yet been delivered|failed addresses follow|you are not a (member|subscriber)|not a member of this",
    re.IGNORECASE,
)
DELAY_WORDS = re.compile(
    r"delivery attempts will (be )?continue|will (continue|keep) (to try|trying)|will be (retried|tried again)|"
    r"(message|delivery|mail) .{0,60}\bhas been delayed|no action is required on your part|do not need to resend",
    re.IGNORECASE | re.DOTALL,
)
GIVEN_UP = re.compile(
    r"(giving|gave|given) up|could not be (delivered|sent) for|permanent (fatal )?error|returned to sender",
    re.IGNORECASE,
)
# "    user@example.com" after a line that says delivery failed, and the lines of single servers.
LISTED = (
    re.compile(
        rf"(?im)^[ \t]*(?:to|recipient|failed recipient|user|invalid address)s?:[ \t]*<?({ADDRESS})>?[ \t]*(?:\(.*\))?[ \t]*$"
    ),
    re.compile(rf"(?m)^[ \t]*<({ADDRESS})>[:\s]"),
    re.compile(rf"(?m)^[ \t]*<?({ADDRESS})>?[ \t]*:?[ \t]*$"),
    re.compile(
        rf"(?i)(?:message to|delivery to|deliver to|to recipient|for recipient|user|address|mailbox)\s+<?({ADDRESS})>?"
    ),
    re.compile(rf"(?i)<({ADDRESS})>\.*\s*(?:user unknown|unknown|no such|deferred|undeliverable|failed)"),
)
ORIGINAL_BEGINS = re.compile(
    r"(?im)^(?:-{2,}.{0,10}(?:this is a copy|original message|below this line|returned message|returned mail|message header|"
    r"headers? of the original|the header of).*|(?:your|the) original message.*|received: from .*|>?\s*(?:return-path|received):.*)$"
)


@dataclass(frozen=True)
class Report:
    """What a delivery report holds; every field may be empty."""

    actions: frozenset[str] = frozenset()
    recipients: tuple[str, ...] = ()
    reason: str = ""
    message_id: str = ""
    is_receipt: bool = False
    delivered: tuple[str, ...] = ()  # those who have it, beside or instead of failures


def reads_like_bounce(text: str) -> bool:
    """Does the beginning of the text use a mail server's words for failure?"""
    return bool(WORDS.search(text[:5_000]))


def reads_like_delay(text: str) -> bool:
    """Does the server say that it will go on trying? Only the words above the mail that it sends back count."""
    head = ORIGINAL_BEGINS.split(text[:5_000], maxsplit=1)[0]
    return bool(DELAY_WORDS.search(head)) and not GIVEN_UP.search(head)


def read_notice(text: str) -> Report | None:
    """Amazon's JSON notice of what became of a mail, sent as a mail itself; None when the text is none."""
    head = text.replace(" ", "")[:20_000]
    told = re.search(r'"(?:notificationType|eventType)":"(Bounce|Delivery|Complaint)"', head)
    if not told or '"mail":{' not in head:
        return None
    if told[1] == "Delivery":
        return Report(actions=frozenset({"delivered"}))
    found = re.search(r'"messageId"\s*:\s*"([^"]+)"', text)
    return Report(
        actions=frozenset({"complaint"} if told[1] == "Complaint" else ()),
        recipients=_each_once(re.findall(r'"emailAddress"\s*:\s*"([^"]+)"', text)),
        reason=next(iter(re.findall(r'"diagnosticCode"\s*:\s*"([^"]+)"', text)), "")[:500],
        message_id=found[1] if found else "",
    )


def read_report(root: Part, text: str, *, whole: bool = False) -> Report | None:
    """The report inside a mail, None when it holds none. With `whole`, the mail is known to be one and its words are read too."""
    parts = list(root.walk())
    status = [p for p in parts if p.ctype in {"message/delivery-status", "message/global-delivery-status"}]
    kind = root.params.get("report-type", "").lower()
    if (
        any(p.ctype == "message/disposition-notification" for p in parts)
        or kind == "disposition-notification"
    ):
        return Report(is_receipt=True)
    is_report = bool(status) or (root.ctype == "multipart/report" and kind in {"delivery-status", ""})
    if not is_report and not whole:
        return None
    blocks = [block for part in status for block in _status_blocks(part)] or _loose_blocks(text)
    recipients = _named_in(blocks) or _failed_header(root) or _by_words(root, text)
    return Report(
        actions=frozenset(a for b in blocks for a in re.findall(r"^\s*(\w+)", b.get("action", "").lower())),
        recipients=recipients,
        reason=_reason(blocks, text),
        message_id=_original_id(parts, text),
        delivered=_delivered_in(blocks),
    )


def _status_blocks(part: Part) -> list[dict[str, str]]:
    """The blocks of a delivery-status part as {field: value}: the report's own, then one a recipient."""
    text = part.content().replace(b"\r\n", b"\n")
    if part.children:
        text = b"\n\n".join(child.payload for child in part.children)
    return [
        {name: one_line(decode_bytes(value, None)) for name, value in split_fields(block)}
        for block in re.split(rb"\n[ \t]*\n", text, maxsplit=MOST_BLOCKS)[:MOST_BLOCKS]
    ]


def _loose_blocks(text: str) -> list[dict[str, str]]:
    """Status fields that a server put into the plain text."""
    found = re.findall(
        r"(?im)^(final-recipient|original-recipient|action|status|diagnostic-code)\s*:\s*(.+)$", text
    )
    return [{name.lower(): value.strip()} for name, value in found]


def _named_in(blocks: list[dict[str, str]]) -> tuple[str, ...]:
    """The recipients of the blocks that failed or wait; those that succeeded beside them are left out."""
    failed = []
    for block in blocks:
        if block.get("action", "").lower().split(" ")[0] in {"delivered", "relayed", "expanded"}:
            continue
        named = [_recipient(block[name]) for name in RECIPIENT_FIELDS if name in block]
        # A final recipient inside the other house's machines (`user@store-daemon`) gives way to the address we wrote to.
        known = [one for one in named if "." in one.rpartition("@")[2]]
        failed += [one for one in (*known, *named) if one][:1]
    return _each_once(failed)


def _delivered_in(blocks: list[dict[str, str]]) -> tuple[str, ...]:
    """Whom it reached for certain. "relayed" says only that a server without reports has it."""
    delivered = [block for block in blocks if block.get("action", "").lower().startswith("delivered")]
    named = [_recipient(block[name]) for block in delivered for name in RECIPIENT_FIELDS if name in block]
    return _each_once(named)


def _recipient(value: str) -> str:
    found = re.search(rf'"[^"\s@]+"@[^\s<>]+|{ADDRESS}', value.partition(";")[2] or value)
    return found[0] if found else ""


def _failed_header(root: Part) -> tuple[str, ...]:
    return _each_once(re.findall(ADDRESS, raw_field(root.fields, "x-failed-recipients")))


def _by_words(root: Part, text: str) -> tuple[str, ...]:
    """Addresses by the wording: the library that knows most servers first, then our own patterns."""
    head = ORIGINAL_BEGINS.split(text[:LONGEST_WORDS], maxsplit=1)[0]
    found = _by_flufl(root)
    if found:
        return found
    for pattern in LISTED:
        listed = _each_once(pattern.findall(head))
        if listed:
            return listed
    return ()


def _by_flufl(root: Part) -> tuple[str, ...]:
    """flufl.bounce on a rebuilt mail: it wants the standard library's message object."""
    try:
        temporary, permanent = all_failures(email.message_from_bytes(root.source[:LONGEST_REPORT]))
    except (
        Exception
    ):  # a library of forty guesses over strangers' bytes: whatever it trips over, it found nothing
        return ()
    both = [a.decode("latin-1") if isinstance(a, bytes) else str(a) for a in (*permanent, *temporary)]
    return _each_once(a for a in both if "@" in a)


def _reason(blocks: list[dict[str, str]], text: str) -> str:
    """The server's own words for the failure, for the agent to read; at most 500 characters."""
    for block in blocks:
        if block.get("diagnostic-code"):
            return re.sub(r"^\s*[\w-]+\s*;\s*", "", block["diagnostic-code"])[:500]
    for line in text.splitlines():
        if re.search(r"\b[45]\d\d[ -]|\b[45]\.\d\.\d{1,3}\b", line):
            return line.strip()[:500]
    found = WORDS.search(text)
    return text[found.start() : found.end() + 200].splitlines()[0].strip()[:500] if found else ""


def _original_id(parts: list[Part], text: str) -> str:
    """The Message-ID of the mail that came back: from the part that holds it, else from the text below the report."""
    for part in parts[1:]:
        if part.ctype in {
            "message/rfc822",
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/global",
        }:
            head = (
                part.children[0].fields
                if part.children
                else split_fields(split_header(part.content().lstrip())[0] or part.content())
            )
            found = re.search(r"<([^<>\s]+)>", raw_field(head, "message-id"))
            if found:
                return found[1]
    found = re.search(r"(?im)^[> \t]*message-id:\s*<([^<>\s]+)>", text)
    return found[1] if found else ""


def _each_once(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_bare(a) for a in addresses if "@" in a))


def _bare(address: str) -> str:
    """Lower case and without what stands around it; quotes stay where they belong to the name (`"a..b"@example.com`)."""
    address = address.strip(" .<>'").lower()
    return address if address.startswith('"') and '"@' in address else address.strip('"')
