"""Who a site says its visitor is, and whether that is proved: by HMAC or by a JWT, with the inbox's secret.

What is not proved is a claim: the team sees it, and it opens nothing. What is proved is the site's own id of the
person: with it go the person's conversations in this widget, on every device.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

import jwt
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.errors import NotAllowed
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.text import clean_text

LONGEST_ID = 200
LONGEST_JWT = 4_000
LEEWAY = 10  # seconds that the site's clock may be wrong
MOST_ATTRIBUTES = 20
SIGNED = ("user_id", "name", "email", "phone", "attributes")
KNOWN = (*SIGNED, "hash", "jwt")


class WrongProof(NotAllowed):
    code = "wrong_proof"
    sentence = _("The proof of this visitor's identity is wrong or too old.")


class ProofNeeded(NotAllowed):
    code = "proof_needed"
    sentence = _("This widget takes a user_id or an email only with a proof.")


@dataclass(frozen=True)
class Claim:
    """What a site says of a visitor. `is_signed`: all of it stood in a JWT. `has_email`: and the site says there that
    it has verified the address."""

    user_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_signed: bool = False
    has_email: bool = False


def verified(inbox: Inbox, who: object, *, may_be_old: bool = False) -> Claim | None:
    """The claim whose `user_id` is proved by `hash` (HMAC-SHA256 of it, hex) or by `jwt` (HS256, with `exp`); None where
    nothing is to be proved. `may_be_old`: a JWT counts after its time, for who came in with it while it was good.

    Raises WrongProof, and ProofNeeded where the inbox wants a proof of everybody who is named.
    """
    said = mapping_of(who)
    if said.get("jwt"):
        return read_jwt(inbox, said, may_be_old=may_be_old)
    claim = claim_of(said)
    if said.get("hash"):
        check_hash(inbox, said.get("user_id"), said["hash"])
        return claim
    if (inbox.options or {}).get("identity_is_required") and (said.get("user_id") or said.get("email")):
        raise ProofNeeded
    return None


def claim_of(who: object) -> Claim:
    """What a site says, proved or not: texts only, cut, nothing malformed. What is no field of ours is an attribute."""
    said = mapping_of(who)
    own = {name: value for name, value in said.items() if name not in KNOWN}
    return Claim(
        user_id=id_of(said.get("user_id")),
        name=text_of(said.get("name"), 120),
        email=address_of(said.get("email")),
        phone=text_of(said.get("phone"), 40),
        attributes=attributes_of(own | mapping_of(said.get("attributes"))),
    )


def read_jwt(inbox: Inbox, said: Mapping[str, Any], *, may_be_old: bool) -> Claim:
    """The claim in a token; what stands beside the token is not looked at, but for another person's id."""
    token, asked = said["jwt"], said.get("user_id")
    if not isinstance(token, str) or len(token) > LONGEST_JWT:
        raise WrongProof
    try:
        content = jwt.decode(
            token,
            secret_of(inbox),
            algorithms=["HS256"],
            leeway=LEEWAY,
            options={"require": ["exp"], "verify_exp": False, "verify_aud": False},
        )
        is_old = float(content["exp"]) + LEEWAY < clock.now().timestamp()
    except (jwt.PyJWTError, TypeError, ValueError):
        raise WrongProof from None
    if is_old and not may_be_old:
        raise WrongProof
    claim = claim_of({name: content[name] for name in SIGNED if name in content})
    claim = replace(claim, user_id=claim.user_id or id_of(content.get("sub")))
    if not claim.user_id or (asked not in (None, "") and id_of(asked) != claim.user_id):
        raise WrongProof
    has_email = bool(claim.email) and content.get("email_verified") is True
    return replace(claim, is_signed=True, has_email=has_email)


def check_hash(inbox: Inbox, user_id: object, given: object) -> None:
    """Raises WrongProof where this is not the hash of exactly this id."""
    known, told = id_of(user_id), text_of(given, 100).lower()
    right = hash_of(secret_of(inbox), known)
    if not known or not hmac.compare_digest(right.encode(), told.encode()):
        raise WrongProof


def hash_of(secret: str, user_id: str) -> str:
    """HMAC-SHA256 of the id's UTF-8 under the secret's, as lower-case hex."""
    return hmac.new(secret.encode(), user_id.encode(), "sha256").hexdigest()


def secret_of(inbox: Inbox) -> str:
    """Raises WrongProof for an inbox that has none: nobody can have proved anything then."""
    secret = (inbox.secrets or {}).get("identity_secret", "")
    if not secret:
        raise WrongProof
    return secret


def make_secret(inbox: Inbox) -> str:
    """A new secret, in place of an old one: what was signed with that one proves nothing any more."""
    inbox.secrets = (inbox.secrets or {}) | {"identity_secret": token_hex(32)}
    inbox.save(update_fields=["secrets"])
    return inbox.secrets["identity_secret"]


def id_of(value: object) -> str:
    """An id as text; "" for what is none. Nothing is cut or trimmed: two ids must never become one."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or len(text) > LONGEST_ID or text != clean_text(text).strip():
        return ""
    return text


def address_of(value: object) -> str:
    address = text_of(value, 254)
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def attributes_of(said: Mapping[Any, Any]) -> dict[str, str]:
    """The first of them, names and values as short texts; lists and objects are left out."""
    kept = {
        text_of(name, 40): str(value)[:200] if isinstance(value, int | float) else text_of(value, 200)
        for name, value in said.items()
        if isinstance(value, str | int | float)
    }
    return {name: value for name, value in list(kept.items())[:MOST_ATTRIBUTES] if name and value}


def text_of(value: object, most: int) -> str:
    return clean_text(value[:most]).strip() if isinstance(value, str) else ""


def mapping_of(value: object) -> dict[str, Any]:
    """The object itself, or as the JSON that a form carries it as; {} for anything else."""
    if isinstance(value, str) and len(value) <= 4 * LONGEST_JWT:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}
