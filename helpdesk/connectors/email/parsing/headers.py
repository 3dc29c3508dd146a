"""Header fields: bytes on the wire to text a person can read, forgiving of what senders get wrong."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from helpdesk.connectors.email.parsing.charsets import decode_bytes, safe_text

# Whom the servers on the way had it for, each in its own field.
DELIVERED_TO = ("delivered-to", "x-original-to", "x-forwarded-to", "envelope-to")
ENCODED_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]+\?[bBqQ]\?)")
FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*)$", re.DOTALL)
LOST_PARAMETER = re.compile(rb"[A-Za-z][\w*-]{0,40}=")
PARAMETER = re.compile(r"""[;\s]*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|"[^"]*$|[^;"]*)""", re.DOTALL)
NO_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
MOST_PADDINGS = 2_000
LONGEST_HEADER = 200_000
MOST_FIELDS = 2_000

Fields = list[tuple[str, bytes]]


def split_fields(block: bytes) -> Fields:
    """The fields of a header block as (lower-case name, raw unfolded value), in order; lines that are no field are skipped."""
    fields: Fields = []
    for line in block.split(b"\n"):
        line = line.rstrip(b"\r")
        if fields and (line[:1] in (b" ", b"\t") or _is_lost_parameter(fields[-1][1], line)):
            name, value = fields[-1]
            if len(value) < LONGEST_HEADER:
                fields[-1] = (name, value + b"\n" + line)
            continue
        found = FIELD.match(line)
        if found and len(fields) < MOST_FIELDS:
            fields.append((found[1].decode("ascii").lower(), found[2][:LONGEST_HEADER]))
    return [(name, value.replace(b"\r", b"").replace(b"\n", b"").strip()) for name, value in fields]


def _is_lost_parameter(value: bytes, line: bytes) -> bool:
    """`boundary="x"` at the very start of the line below `Content-Type: multipart/mixed;`: its blank was lost."""
    return value.rstrip().endswith(b";") and bool(LOST_PARAMETER.match(line))


def raw_field(fields: Fields, name: str) -> str:
    """The first non-empty value of a field as text with encoded words left as they are; '' when it is missing."""
    for key, value in fields:
        if key == name and value:
            return decode_bytes(value, None)
    return ""


def all_fields(fields: Fields, name: str) -> list[str]:
    """Every value of a field, encoded words left as they are."""
    return [decode_bytes(value, None) for key, value in fields if key == name]


def decode_words(value: str) -> str:
    """The value with RFC 2047 encoded words read, those of one charset joined before decoding (senders cut characters in two)."""
    if "=?" not in value:
        return value
    value = BETWEEN_WORDS.sub(r"\1", value)
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for found in ENCODED_WORD.finditer(value):
        label = found[1].split("*")[0]
        data = _word_bytes(found[2], found[3])
        if pending and (found.start() != end or label.lower() != charset.lower()):
            out.append(decode_bytes(pending, charset))
            pending = b""
        out.append(value[end : found.start()])
        pending, charset, end = pending + data, label, found.end()
    if pending:
        out.append(decode_bytes(pending, charset))
    out.append(value[end:])
    return safe_text("".join(out))


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "bB":
        return decode_base64(text.encode("utf-8", "replace"))
    data = text.replace("_", " ").encode("utf-8", "replace")
    return binascii.a2b_qp(re.sub(rb"=(?![0-9A-Fa-f]{2})", b"=3D", data).replace(b" ", b"=20"))


def decode_base64(data: bytes) -> bytes:
    """Base64 read to its last whole character; what is no base64 inside it is skipped."""
    data = data.translate(None, NO_BASE64).rstrip(b"=")
    if b"=" in data:  # several texts set end to end: each stands by its own padding
        if data.count(b"=") > MOST_PADDINGS:
            return decode_base64(data.replace(b"=", b""))
        pieces = re.findall(rb"[^=]+=*", data)
        return b"".join(decode_base64(piece) for piece in pieces)
    if len(data) % 4 == 1:
        data = data[:-1]
    return base64.b64decode(data + b"=" * (-len(data) % 4))


def one_line(value: str) -> str:
    """The readable value on one line: encoded words decoded, white space and control characters made single blanks."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", decode_words(value)).strip()


def split_parameters(value: str) -> tuple[str, dict[str, str]]:
    """A structured value such as Content-Type: its main word in lower case, and its parameters decoded (RFC 2231 and worse)."""
    main, _, rest = value.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, raw in PARAMETER.findall(rest):
        text = _unquote(raw)
        key = re.fullmatch(r"([^*]+)(?:\*(\d+))?(\*)?", name)
        if key and (key[2] or key[3]):
            pieces.setdefault(key[1].lower(), {}).setdefault(int(key[2] or 0), (bool(key[3]), text))
        elif name.lower() not in plain:
            plain[name.lower()] = decode_words(text)
    plain.update({name: _join_pieces(parts) for name, parts in pieces.items()})
    return re.sub(r"\s+", "", main).lower(), plain


def _unquote(raw: str) -> str:
    raw = raw.strip()
    if raw[:1] == '"':
        raw = raw[1:-1] if len(raw) > 1 and raw.endswith('"') else raw[1:]
        return re.sub(r"\\(.)", r"\1", raw)
    return raw


def _join_pieces(parts: dict[int, tuple[bool, str]]) -> str:
    """The continued and percent-encoded pieces of one RFC 2231 parameter, in number order."""
    charset, out = "", b""
    for number in sorted(parts):
        encoded, text = parts[number]
        if encoded and number == min(parts) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        out += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode_words(decode_bytes(out, charset))
