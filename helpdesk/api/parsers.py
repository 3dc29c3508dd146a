"""JSON in, within a size: DRF's own parser reads a stream of any length into memory."""

import io
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The request is larger than this server takes."


class SizedJSONParser(JSONParser):
    def parse(
        self, stream: IO, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Raises TooLarge above DATA_UPLOAD_MAX_MEMORY_SIZE, ParseError for what is no JSON."""
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        return super().parse(io.BytesIO(body), media_type, parser_context)
