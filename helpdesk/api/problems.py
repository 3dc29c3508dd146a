"""Every error of the API as problem details (RFC 9457), rendered here and nowhere else."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from helpdesk.errors import HelpdeskError

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
BROKEN = "Something broke on our side. It was logged."


def as_problem(error: Exception, context: dict[str, Any]) -> Response:
    """The answer for any exception of an API view: {type, title, status, detail, errors [{field, reason}]}."""
    set_rollback()
    if isinstance(error, HelpdeskError):
        errors = [{"field": error.field, "reason": str(error)}] if error.field else []
        return problem(error.status, error.code, str(error), errors=errors)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", "The request is larger than this server takes.")
    if isinstance(error, exceptions.ValidationError):
        errors = flat(error.detail)
        detail = "; ".join(
            f"{one['field']}: {one['reason']}" if one["field"] else one["reason"] for one in errors
        )
        return problem(error.status_code, "invalid", detail, errors=errors)
    if isinstance(error, exceptions.APIException):
        return problem(error.status_code, error.default_code, str(error.detail), headers=headers_of(error))
    log.error("%s", context.get("view"), exc_info=error)
    return problem(500, "broken", BROKEN)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = {
        "type": f"urn:helpdesk:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors or [],
    }
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def headers_of(error: exceptions.APIException) -> dict[str, str]:
    """What the standard asks for beside some statuses: how to log in, when to come back."""
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    return headers


def flat(detail: Any, field: str = "") -> list[dict[str, str]]:
    """DRF's nested complaints as a list: {"contact": {"email": ["bad"]}} is field "contact.email"."""
    if isinstance(detail, dict):
        return [
            one
            for key, value in detail.items()
            for one in flat(value, field if key == "non_field_errors" else f"{field}.{key}".strip("."))
        ]
    if isinstance(detail, list):
        return [one for value in detail for one in flat(value, field)]
    return [{"field": field, "reason": str(detail)}]
