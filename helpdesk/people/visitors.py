"""Who a browser is while nobody knows their name: a random id in a signed, long-lived cookie or token."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "hd_visitor"
SALT = "helpdesk.visitor"
CLAIMS = "claims"  # in a contact's attributes: what a site said of its visitor without a proof
YEAR = 60 * 60 * 24 * 365


@dataclass(frozen=True)
class Token:
    """What a token says: the visitor, the chat inbox it is good for (0: as of our own cookie, none), and the site's own
    id of the person, where the site has proved it."""

    visitor: UUID
    inbox: int = 0
    user_id: str = ""


def sign_visitor(visitor: UUID, *, inbox: int = 0, user_id: str = "") -> str:
    """The unguessable token that lets this browser, and nobody else, read its own conversation: in that inbox alone."""
    return signing.dumps([visitor.hex, inbox, user_id] if inbox else visitor.hex, salt=SALT)


def read_token(token: str) -> Token | None:
    """What is in a token we signed; None for anything else."""
    try:
        content = signing.loads(token, salt=SALT)
        visitor, *bound = content if isinstance(content, list) else [content]
        return Token(UUID(hex=visitor), *bound)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def read_visitor(token: str) -> UUID | None:
    """The visitor of a token we signed, for whichever inbox; None for anything else."""
    known = read_token(token)
    return known.visitor if known else None


def visitor_of(request: HttpRequest) -> UUID:
    """The visitor of this browser; a new one where there is none yet (send it with `remember_visitor`)."""
    known = getattr(request, "_visitor", None) or read_visitor(request.COOKIES.get(COOKIE, ""))
    request._visitor = known or uuid4()
    return request._visitor


def remember_visitor(response: HttpResponse, visitor: UUID) -> None:
    response.set_cookie(
        COOKIE,
        sign_visitor(visitor),
        max_age=2 * YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.IS_HTTPS,
    )
