"""What a request carries, checked by the shape it must have."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer


def checked(shape: type[Serializer], request: Request, **options: Any) -> dict[str, Any]:
    given = shape(data=request.data, **options)
    given.is_valid(raise_exception=True)
    return given.validated_data
