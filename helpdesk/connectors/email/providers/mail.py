"""The mail in a provider's request: as it came, where the provider hands that on, else put together from its parts."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import MessageError
from email.policy import default as default_policy
from typing import Any

from anymail.inbound import AnymailInboundMessage
from django.http import HttpRequest

# What came is kept to the letter: no line is folded anew, and bytes stay bytes.
AS_IT_CAME = default_policy.clone(refold_source="none", cte_type="8bit", linesep="\r\n")


@dataclass(frozen=True)
class GivenMail:
    """One mail with its envelope, as far as the provider tells it."""

    raw: bytes
    sender: str = ""
    recipients: tuple[str, ...] = ()


def given_raw(provider: str, request: HttpRequest, form: dict[str, bytes]) -> list[GivenMail]:
    """The mails of the request in the very bytes that came, without taking them apart; [] where it holds none such."""
    if provider in FORMS:
        return FORMS[provider](form)
    if provider not in EVENTS:
        return []
    told = json.loads(request.POST["mandrill_events"] if provider == "mandrill" else request.body)
    events = told if isinstance(told, list) else [told]
    return [mail for event in events if (mail := EVENTS[provider](event))]


def of_mailgun(form: dict[str, bytes]) -> list[GivenMail]:
    if "body-mime" not in form:
        return []
    return [GivenMail(form["body-mime"], as_text(form.get("sender")), (as_text(form.get("recipient")),))]


def of_sendgrid(form: dict[str, bytes]) -> list[GivenMail]:
    if "email" not in form:
        return []
    envelope = json.loads(form.get("envelope") or b"{}")
    return [GivenMail(form["email"], envelope.get("from", ""), tuple(envelope.get("to", ())))]


def of_postmark(event: dict[str, Any]) -> GivenMail | None:
    if "RawEmail" not in event:
        return None
    sender = next((h["Value"] for h in event.get("Headers", [])[:1] if h["Name"] == "Return-Path"), "")
    return GivenMail(as_bytes(event["RawEmail"]), sender.strip("<> "), (event.get("OriginalRecipient", ""),))


def of_postal(event: dict[str, Any]) -> GivenMail | None:
    if "message" not in event or "status" in event:
        return None
    raw = b64decode(event["message"]) if event.get("base64") else as_bytes(event["message"])
    return GivenMail(raw, event.get("mail_from") or "", (event.get("rcpt_to") or "",))


def of_sparkpost(event: dict[str, Any]) -> GivenMail | None:
    relay = event.get("msys", {}).get("relay_message")
    if not relay or "email_rfc822" not in relay.get("content", {}):
        return None
    raw = relay["content"]["email_rfc822"]
    raw = b64decode(raw) if relay["content"].get("email_rfc822_is_base64") else as_bytes(raw)
    return GivenMail(raw, relay.get("msg_from") or "", (relay.get("rcpt_to") or "",))


def of_mailersend(event: dict[str, Any]) -> GivenMail | None:
    data = event.get("data") or {}
    if event.get("type") != "inbound.message" or not data.get("raw"):
        return None
    to = tuple(one["email"] for one in data.get("recipients", {}).get("rcptTo", []))
    return GivenMail(as_bytes(data["raw"]), data.get("sender", {}).get("email", ""), to)


def of_mandrill(event: dict[str, Any]) -> GivenMail | None:
    if event.get("event") != "inbound":
        return None
    return GivenMail(as_bytes(event["msg"]["raw_msg"]), "", (event["msg"].get("email") or "",))


FORMS: dict[str, Callable[[dict[str, bytes]], list[GivenMail]]] = {
    "mailgun": of_mailgun,
    "sendgrid": of_sendgrid,
}
EVENTS: dict[str, Callable[[dict[str, Any]], GivenMail | None]] = {
    "postmark": of_postmark,
    "postal": of_postal,
    "sparkpost": of_sparkpost,
    "mailersend": of_mailersend,
    "mandrill": of_mandrill,
}


def put_together(message: AnymailInboundMessage) -> GivenMail:
    """The mail of which the provider told only the parts. The same parts give the same bytes: a second call is a copy."""
    told = [str(message.get(name, "")) for name in ("message-id", "from", "subject", "date")]
    told += [message.text or "", message.html or ""]
    mark = hashlib.sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()[:32]
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "multipart" and not part.get_boundary():
            part.set_boundary(f"=_{mark}_{number}")
    try:
        raw = message.as_bytes(policy=AS_IT_CAME)
    except (MessageError, UnicodeError, LookupError, ValueError):  # a header that breaks every rule
        raw = message.as_string(policy=AS_IT_CAME).encode("utf-8", "replace")
    return GivenMail(raw, message.envelope_sender or "", (message.envelope_recipient or "",))


def as_text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace").strip()


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
