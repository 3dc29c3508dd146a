"""Access tokens for mail servers: kept with the inbox, renewed by the refresh token (RFC 6749, section 6)."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from helpdesk import clock
from helpdesk.connectors.email.imap.trouble import State, Trouble
from helpdesk.inboxes.models import Inbox
from helpdesk.outgoing import Answer, send_request

EARLY = timedelta(minutes=2)  # a token is renewed before the moment it dies
LIFETIME = 3600  # seconds, where the server names none


def access_token(inbox: Inbox, *, instead_of: str = "") -> str:
    """A token that should hold, asked for anew where the kept one is old or is `instead_of` (the server refused it).

    The inbox's row is locked meanwhile: several folders of one account renew one after the other, and the second finds
    the first one's token (a refresh token may be good for one use only). Raises Trouble EXPIRED where the
    authorisation is refused and AWAY where the token server does not answer as it should; Unreachable and Refused rise.
    """
    with transaction.atomic():
        row = Inbox.objects.select_for_update(no_key=True).get(pk=inbox.pk)
        token = row.secrets.get("oauth_access_token", "")
        is_for_others = row.secrets.get("oauth_token_for") != grant_of(row)
        if not token or token == instead_of or is_for_others or is_old(row.options.get("oauth_expires_at")):
            keep_tokens(row, ask_for_tokens(row))
        inbox.secrets, inbox.options = row.secrets, row.options
        return row.secrets["oauth_access_token"]


def grant_of(inbox: Inbox) -> str:
    """Tells one authorisation from another: a token of the one that an admin replaced must not be used any more."""
    told = [inbox.options.get("oauth_token_url"), inbox.options.get("oauth_client_id")]
    told.append(inbox.secrets.get("oauth_refresh_token"))
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def is_old(expires_at: str | None) -> bool:
    try:
        return datetime.fromisoformat(expires_at or "") - EARLY < clock.now()
    except (TypeError, ValueError):
        return False  # nobody said when it ends: the mail server will


def ask_for_tokens(inbox: Inbox) -> dict[str, Any]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": inbox.secrets.get("oauth_refresh_token", ""),
        "client_id": inbox.options.get("oauth_client_id", ""),
        "client_secret": inbox.secrets.get("oauth_client_secret", ""),
        "scope": inbox.options.get("oauth_scope", ""),
    }
    if not form["refresh_token"]:
        raise Trouble(State.EXPIRED, "There is no refresh token: authorise the inbox again.")
    url = inbox.options.get("oauth_token_url", "")
    answer = send_request("POST", url, data={name: value for name, value in form.items() if value})
    told = read_answer(answer)
    if answer.status >= 500 or answer.status == 429:
        raise Trouble(State.AWAY, f"The token server answers {answer.status}.")
    if answer.status != 200 or not isinstance(told.get("access_token"), str):
        words = told.get("error_description") or told.get("error") or f"it answers {answer.status}"
        raise Trouble(State.EXPIRED, f"The token server refuses: {words}")
    return told


def read_answer(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def keep_tokens(inbox: Inbox, told: dict[str, Any]) -> None:
    """Store what the server gave; a refresh token that it does not renew stays."""
    kept = {"oauth_access_token": told["access_token"]}
    if isinstance(told.get("refresh_token"), str) and told["refresh_token"]:
        kept["oauth_refresh_token"] = told["refresh_token"]
    try:
        seconds = int(told.get("expires_in") or LIFETIME)
    except (TypeError, ValueError):
        seconds = LIFETIME
    inbox.secrets = inbox.secrets | kept
    inbox.secrets["oauth_token_for"] = grant_of(inbox)
    expires_at = clock.now() + timedelta(seconds=min(max(seconds, 0), 10**8))
    inbox.options = inbox.options | {"oauth_expires_at": expires_at.isoformat()}
    inbox.save(update_fields=["secrets", "options"])
