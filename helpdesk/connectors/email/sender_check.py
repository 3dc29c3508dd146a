"""Did the sender's domain vouch for a mail? Told by the mail server in front of us, in `Authentication-Results` (RFC 8601).

Anybody can write such a header into a mail. One is believed only where it names the server that the inbox trusts (option
`authserv_id`), and of several the topmost, which was put on last. We ask no name server ourselves.
"""

import authres
import authres.dmarc
from authres.core import AuthenticationResult

from helpdesk.connectors.email.parsing.addresses import parse_addresses
from helpdesk.connectors.email.parsing.headers import all_fields, split_fields
from helpdesk.connectors.email.parsing.mime import split_header
from helpdesk.tickets.models import Message

READER = authres.FeatureContext(authres.dmarc)
# Exchange Online names no server in its header; it puts its own on top of whatever a mail brought along.
NAMELESS = "microsoft"
PASS, FAIL, UNKNOWN = Message.SenderCheck.PASS.value, Message.SenderCheck.FAIL.value, ""


def check_sender(raw: bytes, sender: str, *, authserv_id: str) -> str:
    """A Message.SenderCheck for the address `sender` of the mail `raw`: `pass`, `fail`, or "" where nobody we trust checked.

    `pass` is dmarc=pass, or dkim=pass by the sender's own domain or one above it. A mail with more than one From is
    never vouched for: which of them was checked can't be told.
    """
    if not authserv_id:
        return UNKNOWN
    raw = raw.lstrip(b"\r\n \t")
    if raw.startswith((b"From ", b">From ")):  # the separator line of an mbox
        raw = raw.partition(b"\n")[2]
    fields = split_fields(split_header(raw)[0])
    results = trusted_results(all_fields(fields, "authentication-results"), authserv_id)
    dmarc = [result for result in results if result.method == "dmarc"]
    if any(result.result == "fail" for result in dmarc):
        return FAIL
    boxes = [box for value in all_fields(fields, "from") for box in parse_addresses(value)]
    domain = sender.rpartition("@")[2].lower().rstrip(".")
    if len(boxes) != 1 or not domain or not boxes[0].addr.lower().endswith(f"@{domain}"):
        return UNKNOWN
    if any(result.result == "pass" and speaks_for(claimed(result, "from"), domain) for result in dmarc):
        return PASS
    signed = [result for result in results if result.method == "dkim" and result.result == "pass"]
    return PASS if any(speaks_for(signer_of(result), domain) for result in signed) else UNKNOWN


def trusted_results(values: list[str], authserv_id: str) -> list[AuthenticationResult]:
    """What the trusted server found, from the topmost of its headers; nothing where that one can't be read."""
    wanted = authserv_id.strip().lower()
    for value in values:
        is_nameless = "=" in value.partition(";")[0].partition("(")[0]
        if wanted == NAMELESS and is_nameless:
            value = f"{NAMELESS}; {value}"
        elif wanted == NAMELESS or is_nameless or server_of(value) != wanted:
            continue
        try:
            header = READER.parse_value(value)
        except authres.AuthResError:
            return []
        return [result for result in header.results if isinstance(result, AuthenticationResult)]
    return []


def server_of(value: str) -> str:
    """The first word: who says so. A version number may follow it."""
    words = value.partition(";")[0].partition("(")[0].split()
    return words[0].strip('"').lower() if words else ""


def claimed(result: AuthenticationResult, name: str) -> str:
    """A property `header.NAME` of one result, "" where it has none."""
    found = [each.value for each in result.properties if (each.type, each.name) == ("header", name)]
    return str(found[0] or "") if found else ""


def signer_of(result: AuthenticationResult) -> str:
    """The domain that signed: header.d, or what stands behind the @ of header.i."""
    return claimed(result, "d") or claimed(result, "i").rpartition("@")[2]


def speaks_for(domain: str, sender: str) -> bool:
    """The very domain of the sender, or one above it. Not one below: who is let have a name there is not the domain."""
    domain = domain.rpartition("@")[2].lower().rstrip(".")
    return bool(domain) and (sender == domain or ("." in domain and sender.endswith(f".{domain}")))
