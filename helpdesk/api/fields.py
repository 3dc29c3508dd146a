"""Fields that several serializers share."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from helpdesk.tickets.models import Ticket

MOST_BYTES = 10_000
PRIORITIES = {priority.name.lower(): priority.value for priority in Ticket.Priority}
WORDS = {value: word for word, value in PRIORITIES.items()}


@extend_schema_field({"type": "string", "enum": list(PRIORITIES)})
class PriorityField(serializers.Field):
    """low, normal, high or urgent."""

    def to_representation(self, value: int) -> str:
        return WORDS[value]

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or data not in PRIORITIES:
            raise serializers.ValidationError(f"One of {', '.join(PRIORITIES)}.")
        return PRIORITIES[data]


@extend_schema_field({"type": "object", "additionalProperties": {}})
class AttributesField(serializers.Field):
    """What another system knows of a contact: a JSON object of at most 10,000 bytes."""

    def to_representation(self, value: dict) -> dict:
        return value

    def to_internal_value(self, data: Any) -> dict:
        if not isinstance(data, dict):
            raise serializers.ValidationError("A JSON object.")
        try:
            stored = json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except (UnicodeEncodeError, ValueError) as error:
            raise serializers.ValidationError("It has characters or numbers that can't be stored.") from error
        if len(stored) > MOST_BYTES or b"\\u0000" in stored:
            raise serializers.ValidationError(f"At most {MOST_BYTES} bytes, without null characters.")
        return data
