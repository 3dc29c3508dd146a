"""Address lists: `Ann <ann@example.com>, team: a@b.c, d@e.f;` and the many ways of writing them wrong."""

import re
from typing import NamedTuple

from helpdesk.connectors.email.parsing.headers import decode_words

TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|<[^<>]*>|\((?:[^()\\]|\\.|\([^()]*\))*\)|[,;:]|[^\s"<>(),;:]+|["<>()]|\s+'
)
ADDRESS = re.compile(r"[^\s<>\"'()\[\],;:@]+@[^\s<>\"'(),;:@]+|\"[^\"@]+\"@[^\s<>\"'(),;:@]+")
COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
UNFIT = re.compile(
    r"[\s\x00-\x1f\x7f<>]+"
)  # what encoded words may hide: it would end a line or a mailbox of our own mails
MOST_ADDRESSES = 1_000


class Address(NamedTuple):
    """A mailbox: display name and address as written (either may be empty)."""

    name: str
    addr: str


def parse_addresses(value: str) -> list[Address]:
    """Every mailbox of an address header, groups opened, encoded words read. Never raises."""
    if "=?" in value and not re.search(r"@|<", value):
        value = decode_words(value)  # the whole header was encoded, address included
    found: list[Address] = []
    words: list[str] = []
    comments: list[str] = []
    angle: str | None = None
    for token in TOKEN.findall(value):
        if token in ",;":
            found += _mailbox(words, angle, comments)
            words, comments, angle = [], [], None
        elif token == ":" and angle is None and not any("@" in w for w in words):
            words, comments = [], []  # the name of a group
        elif token.startswith("<") and token.endswith(">"):
            if angle is not None:
                words.append(angle)
            angle = token[1:-1].strip()
        elif token.startswith("(") and token.endswith(")"):
            comments.append(token[1:-1])
        else:
            words.append(token)
        if len(found) >= MOST_ADDRESSES:
            return found
    return found + _mailbox(words, angle, comments)


def _mailbox(words: list[str], angle: str | None, comments: list[str]) -> list[Address]:
    text = "".join(words).strip()
    if angle is None:
        return _bare_mailbox(text, comments)
    name = _display_name(text) or _display_name(" ".join(comments))
    addr = _clean_address(angle)
    if not addr and "@" in name and ADDRESS.fullmatch(name):
        return [Address("", name)]
    return [Address(name, addr)] if name or addr else []


def _bare_mailbox(text: str, comments: list[str]) -> list[Address]:
    if not text:
        return []
    if "@" not in text and "=?" in text:
        inner = decode_words(text)
        if "@" in inner:
            return parse_addresses(inner)
    found = ADDRESS.search(_near_at(text))
    if not found:
        return [Address(_display_name(text), "")]
    before, _, after = text.partition(found[0])
    rest = f"{before} {after}".strip(" \t<>")
    return [Address(_display_name(rest) or _display_name(" ".join(comments)), _clean_address(found[0]))]


def _near_at(text: str) -> str:
    """Where an address may be, of a text too long to be searched letter by letter; '' where there is none."""
    at = text.find("@")
    return "" if at < 0 else text if len(text) < 1_000 else text[max(0, at - 400) : at + 400]


def _clean_address(text: str) -> str:
    text = COMMENT.sub("", text) if "(" in text else text
    text = decode_words(re.sub(r"\s+", "", text)).strip("<>'\"" if text.count('"') != 2 else "<>'")
    if text.startswith("@") and ":" in text:  # an old source route
        text = text.split(":", 1)[1]
    return UNFIT.sub("", text).removeprefix("mailto:")


def _display_name(text: str) -> str:
    """The name without its quotes and backslashes, encoded words read, on one line."""
    text = text.strip()
    text = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: re.sub(r"\\(.)", r"\1", m[1]), text)
    return _unwrap(re.sub(r"[\s\x00-\x1f]+", " ", decode_words(text)).strip())


def _unwrap(name: str) -> str:
    """Without quotes around the whole; quotes inside a name (`ACME "West"`) belong to it."""
    for mark in "\"'":
        if name.count(mark) == 2 and name[0] == name[-1] == mark:
            return name[1:-1].strip()
        if name.count(mark) == 1:
            name = name.strip(mark).strip()
    return name
