"""Bytes to text, whatever the label says.

Mail lies about its charset: labels are missing, misspelt, or name the sender's system rather than the text. Nothing here
raises; what no charset explains becomes U+FFFD. The text that comes out has no NUL and no lone surrogate, because
PostgreSQL takes neither.
"""

import codecs
import re

# Labels seen in real mail that Python does not know, and labels whose superset is what the sender really used.
ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-cn": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "iso-2022-jp": "iso2022_jp_ext",
    "cp-850": "cp850",
    "x-mac-roman": "mac_roman",
    "x-macroman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "x-unknown": "us-ascii",
    "unknown-8bit": "us-ascii",
    "unknown": "us-ascii",
    "default": "us-ascii",
    "ansi_x3.110-1983": "iso-8859-1",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "utf8mb4": "utf-8",
    "utf": "utf-8",
}
# One byte a character and ASCII below 0x80: text that is valid UTF-8 with non-ASCII bytes is never really one of these.
LATIN_LABELS = {
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "iso8859-1",
    "latin1",
    "latin-1",
    "windows-1252",
    "cp1252",
    "",
}
WINDOWS = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xA0)}
UNTEXT = re.compile("[\x00\ud800-\udfff]")


def decode_bytes(data: bytes, label: str | None) -> str:
    """Text of `data`, by its label where that works, else by what the bytes look like. Never raises."""
    wanted = clean_label(label)
    if data.startswith(codecs.BOM_UTF8):
        data, wanted = data[3:], "utf-8"
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and wanted in LATIN_LABELS | {"utf-8"}:
        wanted = "utf-16"
    text = _decode_latin(data) if wanted in LATIN_LABELS else _decode_labelled(data, wanted)
    return safe_text(text)


def clean_label(label: str | None) -> str:
    """The label without quotes, comments and the blanks people leave in it, in lower case."""
    return re.sub(r"[\s\"'<>]|\(.*?\)|;.*$", "", label or "").lower()


def safe_text(text: str) -> str:
    """The text without what a database or a terminal refuses: NULs and lone surrogates."""
    return UNTEXT.sub("", text)


def known_codec(label: str) -> str | None:
    """Python's name for the charset, or None when it has none (or only a bytes-to-bytes codec such as zip)."""
    for name in (
        ALIASES.get(label),
        label,
        label.replace("windows-", "cp"),
        label.removeprefix("x-"),
        _digits_name(label),
    ):
        if not name:
            continue
        try:
            info = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if info._is_text_encoding and info.name not in {
            "idna",
            "punycode",
            "unicode_escape",
            "raw_unicode_escape",
            "undefined",
        }:
            return info.name
    return None


def _digits_name(label: str) -> str | None:
    """`iso 8859_15`, `iso88591` and `utf_8` said the usual way."""
    found = re.search(r"8859[-_]?(\d{1,2})", label)
    if found:
        return f"iso-8859-{found[1]}"
    found = re.search(r"(?:windows|cp|win)[-_]?(125\d)", label)
    if found:
        return f"cp{found[1]}"
    return "utf-8" if re.search(r"utf-?_?8", label) else None


def _decode_latin(data: bytes) -> str:
    if data.isascii():
        if b"\x1b$B" in data or b"\x1b$@" in data:
            return data.decode("iso2022_jp_ext", "replace")
        return data.decode("ascii")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_windows(data)


def _decode_windows(data: bytes) -> str:
    """Windows-1252 with its five holes filled from Latin-1, as browsers do."""
    return data.decode("latin-1").translate(WINDOWS)


def _decode_labelled(data: bytes, label: str) -> str:
    codec = known_codec(label)
    if codec is None:
        return _decode_latin(data)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as wrong:
        if codec == "utf-8" and _is_mostly_not_utf8(data):
            return _decode_windows(data)
        if codec != "utf-8" and wrong.start < len(data) - 4:
            try:
                return data.decode("utf-8")
            except UnicodeDecodeError:
                pass
        return data.decode(codec, "replace")


def _is_mostly_not_utf8(data: bytes) -> bool:
    """One cut character leaves a text UTF-8; a text where most non-ASCII bytes are wrong never was."""
    high = sum(b > 0x7F for b in data)
    wrong = data.decode("utf-8", "replace").count("\ufffd")
    return wrong * 2 > high
