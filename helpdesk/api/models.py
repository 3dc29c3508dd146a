import hashlib
import secrets

from django.conf import settings
from django.db import models

PREFIX = "hd_"  # lets secret scanners and people recognise a token of ours


class ApiToken(models.Model):
    """Lets a program act as one member of the team. Only the digest is kept: a lost token can't be shown again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, hex
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name or f"token {self.pk}"


def digest_of(token: str) -> str:
    """A token has 256 random bits, so a plain hash can't be searched back."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(user: settings.AUTH_USER_MODEL, *, name: str = "") -> str:
    """A new token for this member; what is returned is the only copy."""
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, name=name[:80], digest=digest_of(token))
    return token
