"""The tree of parts inside a mail.

Our own splitter instead of the standard library's: it works on whole byte strings (a 20 MB attachment is sliced, not read
line by line), it never recurses deeper than DEEPEST, and it stops counting at MOST_PARTS, so a MIME bomb costs nothing.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from helpdesk.connectors.email.parsing.headers import (
    Fields,
    decode_base64,
    raw_field,
    split_fields,
    split_parameters,
)

DEEPEST = 120
MOST_PARTS = 1_000
LONGEST_HEAD = 1_000_000  # bytes of header that are looked at
MOST_COPIED = 250_000_000  # bytes: every level of nesting copies what is inside it
BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
LINE_END = re.compile(rb"(--)?[ \t]{0,200}\r?(?:\n|\Z)")
HEADER_LINE = re.compile(rb"[!-9;-~]+[ \t]*:")


class ParseError(Exception):
    """The mail cannot be read; the message says why in words an operator understands."""


@dataclass
class Part:
    """One node: a leaf has `payload` (still transfer-encoded), a container has `children`."""

    fields: Fields
    ctype: str
    params: dict[str, str]
    disposition: str
    disposition_params: dict[str, str]
    payload: bytes
    children: list["Part"] = field(default_factory=list)
    source: bytes = b""  # of the whole mail, on the root only

    @property
    def is_container(self) -> bool:
        return self.ctype.startswith("multipart/") and bool(self.children)

    def content(self) -> bytes:
        """The payload with its transfer encoding undone."""
        encoding = re.sub(
            r"[\s;\"'].*$", "", raw_field(self.fields, "content-transfer-encoding").strip()
        ).lower()
        if encoding == "base64":
            return decode_base64(self.payload)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.payload)
        if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
            return decode_uu(self.payload)
        return self.payload

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in the order of the mail."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_parts(raw: bytes) -> Part:
    """The tree of a whole mail. Raises ParseError for a bomb (too deep, too many parts) or an empty message."""
    raw = raw.lstrip(b"\r\n \t") if raw[:1] in b"\r\n \t" else raw
    if not raw.strip(b"\x00 \r\n\t"):
        raise ParseError("the message is empty")
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")  # line ends of an old Mac
    if raw.startswith((b"From ", b">From ")):  # the separator line of an mbox
        raw = raw.partition(b"\n")[2]
    root = _read(raw, 0, [0, 0], "text/plain")
    root.source = raw
    return root


def split_header(data: bytes) -> tuple[bytes, bytes]:
    """The header block and the body of a part; a part that begins with no header line is all body."""
    if data[:1] == b"\n":
        return b"", data[1:]
    if data[:2] == b"\r\n":
        return b"", data[2:]
    found = BLANK_LINE.search(data)
    head = data[: min(found.start(), LONGEST_HEAD)] if found else data[:LONGEST_HEAD]
    rest = data[found.end() :] if found else b""
    if not HEADER_LINE.match(head):
        return b"", data
    cut = _end_of_fields(head)
    return (head, rest) if cut is None else (head[:cut], data[cut:])


def _end_of_fields(head: bytes) -> int | None:
    """Where the body begins although no blank line says so: two lines running that are neither field nor continuation."""
    at = strange = 0
    first = 0
    for line in head.split(b"\n"):
        if line[:1] in b" \t" or HEADER_LINE.match(line):
            strange = 0
        else:
            strange += 1
            first = at if strange == 1 else first
            if strange == 2:
                return first
        at += len(line) + 1
    return None


def _read(data: bytes, depth: int, count: list[int], default: str) -> Part:
    count[0] += 1
    count[1] += len(data)
    if depth > DEEPEST:
        raise ParseError(f"parts are nested more than {DEEPEST} deep")
    if count[0] > MOST_PARTS:
        raise ParseError(f"more than {MOST_PARTS} parts")
    if count[1] > MOST_COPIED:
        raise ParseError("large parts are nested too deep")
    head, body = split_header(data)
    fields = split_fields(head)
    ctype, params = split_parameters(raw_field(fields, "content-type"))
    disposition, more = split_parameters(raw_field(fields, "content-disposition"))
    part = Part(fields, ctype if "/" in ctype else default, params, disposition, more, body)
    if part.ctype.startswith("multipart/"):
        inner = "message/rfc822" if part.ctype == "multipart/digest" else "text/plain"
        for piece in split_multipart(body, params.get("boundary", "")):
            part.children.append(_read(piece, depth + 1, count, inner))
        if part.children:
            part.payload = b""  # it lives on in the children
    elif part.ctype in {"message/rfc822", "message/global"} and not _is_attached(part):
        part.children.append(_read(part.content().lstrip(b"\r\n"), depth + 1, count, "text/plain"))
    return part


def _is_attached(part: Part) -> bool:
    return part.disposition == "attachment"


def split_multipart(body: bytes, boundary: str) -> list[bytes]:
    """The pieces between the boundary lines; the last need not be closed. [] when there is no such boundary."""
    if not boundary:
        found = re.search(rb"(?m)^--(-{0,30}[^\s-][^\r\n]{0,200}?)[ \t]*\r?$", body)
        if not found:
            return []
        mark = found[1]
    else:
        mark = boundary.rstrip().encode("utf-8", "replace")
    pieces: list[bytes] = []
    start: int | None = None
    for begin, end, is_last in _boundary_lines(body, b"--" + mark):
        if start is not None:
            pieces.append(_without_last_newline(body[start:begin]))
        start = None if is_last else end  # some go on after closing: what follows counts as well
        if len(pieces) > MOST_PARTS:
            raise ParseError(f"more than {MOST_PARTS} parts")
    if start is not None:
        pieces.append(body[start:])
    return pieces


def _boundary_lines(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """(begin, end, closes) of every line that is `mark` alone. By find(): it passes over 20 MB of a file at the speed of memory."""
    at = body.find(mark)
    while at >= 0:
        found = LINE_END.match(body, at + len(mark))
        if found and (at == 0 or body[at - 1 : at] == b"\n"):
            yield at, found.end(), bool(found[1])
        at = body.find(mark, at + len(mark))


def _without_last_newline(data: bytes) -> bytes:
    return data[:-2] if data.endswith(b"\r\n") else data[:-1] if data.endswith(b"\n") else data


def decode_uu(data: bytes) -> bytes:
    """The first uuencoded file in the text; lines that are none are skipped."""
    out = []
    inside = False
    wrong = size = 0
    for line in BytesIO(data):
        size += len(out[-1]) if out else 0
        if size > len(data):  # a line may promise 45 bytes and hold one
            break
        line = line.rstrip(b"\r\n")
        if not inside:
            inside = line.startswith(b"begin ")
            continue
        if line.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            size = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                out.append(binascii.a2b_uu(line[:size]))
            except binascii.Error:
                wrong += 1
                if wrong > MOST_PARTS:
                    break
    return b"".join(out)
