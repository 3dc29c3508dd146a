"""Who a browser is while nobody knows their name: a random id in a signed, long-lived cookie or token."""

from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "hd_visitor"
SALT = "helpdesk.visitor"
YEAR = 60 * 60 * 24 * 365


def sign_visitor(visitor: UUID) -> str:
    """The unguessable token that lets this browser, and nobody else, read its own conversation."""
    return signing.dumps(visitor.hex, salt=SALT)


def read_visitor(token: str) -> UUID | None:
    """The visitor of a token we signed; None for anything else."""
    try:
        return UUID(hex=signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


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
