"""Secrets at rest: JSON under Fernet, with a key made from SECRET_KEY. Older keys stay readable for rotation."""

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def cipher() -> MultiFernet:
    return cipher_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def cipher_of(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(k.encode()).digest())) for k in keys])


class EncryptedJSONField(models.TextField):
    """A small JSON value, stored encrypted. Can't be searched."""

    def get_prep_value(self, value: Any) -> str:
        """Nothing stands as nothing: an inbox is read for each message, and mostly has no secret to decrypt."""
        return cipher().encrypt(json.dumps(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return {} if not value else json.loads(cipher().decrypt(value.encode()))

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) and value else value or {}

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj))
