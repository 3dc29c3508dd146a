"""`Authorization: Bearer hd_...`: who a program acts for."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from helpdesk import clock
from helpdesk.api.models import ApiToken, digest_of
from helpdesk.people.models import User

USED_AGAIN = timedelta(minutes=1)  # `last_used_at` is written at most this often


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's user and the token; None without the header, so that the answer is 401."""
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest_of(token.strip()), revoked_at=None, user__is_active=True)
            .first()
        )
        if found is None:
            raise AuthenticationFailed(_("This token is not valid: it was never given out, or was revoked."))
        note_use(found)
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def note_use(token: ApiToken) -> None:
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > USED_AGAIN:
        late = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_AGAIN)
        ApiToken.objects.filter(late, pk=token.pk).update(last_used_at=now)
