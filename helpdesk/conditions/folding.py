"""Texts as conditions compare them: without case, accents, differences of width and runs of blanks.

The database does the same by its function helpdesk_folded (tickets' migrations), so whatever is changed here is changed
there.
"""

import re
import unicodedata
from functools import cached_property

from helpdesk.lexemes import LOWER, SIGNS

READ_CHARACTERS = 100_000  # of a text; what comes later in a huge mail is not looked at
# Accents of Latin, Greek and Cyrillic; the points of Hebrew and Arabic.
POINTS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u065f\u0670"
BLANKS = re.compile(r"[ \t\n\r\f\v]+")
ACCENTS = re.compile(f"[{POINTS}]+")
SMALL = LOWER | {ord("ς"): "σ", ord("ß"): "ss"}  # as casefold has them
FIRST_CJK = 0x2E80  # from here on words are written without spaces
# What parts words: ASCII's signs without _, and the signs that search takes for none.
NO_WORD = r"\u0001-\u002f\u003a-\u005e\u0060\u007b-\u007f" + SIGNS.pattern[1:-2]
WORD_START = re.compile(f"(?<![^{NO_WORD}])[^{NO_WORD}]")


def fold(text: str) -> str:
    """The text in small letters without accents, its blanks single and none at its ends."""
    text = text[:READ_CHARACTERS]
    if not text.isascii():
        text = ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return BLANKS.sub(" ", text.translate(SMALL)).strip(" ")


def mark_words(folded: str) -> str:
    """A folded text with a mark before each word, so that the beginning of a word is found by looking for a string."""
    return WORD_START.sub("\0\\g<0>", folded)


class Text(str):
    """A text that is asked many times: folded once, its words marked once."""

    @cached_property
    def folded(self) -> str:
        return fold(self)

    @cached_property
    def marked(self) -> str:
        return mark_words(self.folded)
