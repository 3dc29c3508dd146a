"""Text that PostgreSQL and people can take."""

import re

SURROGATES = re.compile("[\ud800-\udfff]")
SPACES = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """Without what PostgreSQL refuses (NUL, lone surrogates): a strange byte must not cost the message."""
    return SURROGATES.sub("\ufffd", text.replace("\x00", ""))


def snippet_of(text: str) -> str:
    """The first 160 characters on one line, for lists."""
    return SPACES.sub(" ", clean_text(text[:1000])).strip()[:160]
