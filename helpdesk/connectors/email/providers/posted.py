"""The body of a provider's request. Django's own limits are made for people's forms: 5 MB, and no mail is refused for that."""

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from helpdesk.connectors.email.parsing.headers import raw_field, split_fields, split_parameters
from helpdesk.connectors.email.parsing.mime import ParseError, split_header, split_multipart


class TooLarge(Exception):
    """More than a mail of MAIL_MAX_BYTES takes in any of the providers' formats."""


def most_bytes() -> int:
    """A mail in base64 inside of JSON is a third larger, and the parsed parts may stand beside the raw ones."""
    return settings.MAIL_MAX_BYTES * 3 // 2 + 2**20


def load_body(request: HttpRequest) -> dict[str, bytes]:
    """Read the request to its end, so that anymail finds `body`, `POST` and `FILES` filled. Raises TooLarge.

    Returns the fields of a form as bytes: a raw mail among them may be in any charset.
    """
    length = request.headers.get("Content-Length", "")
    body = b"" if length.isdigit() and int(length) > most_bytes() else request.read(most_bytes() + 1)
    if len(body) > most_bytes() or (length.isdigit() and int(length) > most_bytes()):
        raise TooLarge
    request._body = body
    if request.content_type != "multipart/form-data":
        return {}
    fields, request._files = read_form(request.headers["Content-Type"], body)
    request._post = QueryDict(mutable=True, encoding="utf-8")
    for name, value in fields:
        request._post.appendlist(name, value.decode("utf-8", "replace"))
    return dict(fields)


def read_form(content_type: str, body: bytes) -> tuple[list[tuple[str, bytes]], MultiValueDict]:
    """Fields and files of a multipart/form-data body. Raises ValueError where it is none."""
    boundary = split_parameters(content_type)[1].get("boundary", "")
    fields: list[tuple[str, bytes]] = []
    files: MultiValueDict = MultiValueDict()
    try:
        pieces = split_multipart(body, boundary) if boundary else []
    except ParseError as error:
        raise ValueError(str(error)) from error
    for piece in pieces:
        head, content = split_header(piece)
        described = split_fields(head)
        parameters = split_parameters(raw_field(described, "content-disposition"))[1]
        name = parameters.get("name", "")
        if "filename" in parameters:
            kind = raw_field(described, "content-type") or "application/octet-stream"
            files.appendlist(name, SimpleUploadedFile(parameters["filename"] or "file", content, kind))
        elif name:
            fields.append((name, content))
    return fields, files
