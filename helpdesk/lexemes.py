"""The words that search compares: the same in Python as in the database, whose function `helpdesk_lexemes` this describes.

Letters lose their accents and their case, whatever is no letter or digit parts words, and where a language is
written without spaces every two neighbouring signs are a word. An index over `helpdesk_lexemes(text, id)` also knows in
which stretches of ids a row lies, so that the newest rows with a word are found without visiting the others.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Func

ACCENTS = re.compile("[\u0300-\u036f]+")
# Signs that are none of ASCII's and that PostgreSQL, in a database with the locale C, would take for letters.
SIGNS = re.compile(
    "[\u0080-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004\u3007-\u3020\u3030\u303d-\u303f\u30fb\ufe00-\ufe0f"
    "\U0001f000-\U0001faff]+"
)
UNSPACED = "\u0e00-\u0e7f\u3005\u3006\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"[{UNSPACED}]+")
WORD = re.compile("[0-9a-z\u0080-\U0010ffff]+")  # of a folded text
CAPITALS = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐØĐŁÆŒÞ"
SMALL = CAPITALS.lower()
LOWER = str.maketrans(CAPITALS, SMALL) | {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
LONGEST_WORD = 200  # PostgreSQL would refuse one of more than 2046 bytes
SHORTEST_START = 3  # letters from which on a word may be unfinished: shorter ones begin too many words
# The stretches of ids, as sizes; each row is in one of every size, named by letter and number: a7, b1 ...
STRETCHES = {"a": 4096, "b": 16_384, "c": 65_536, "d": 262_144, "e": 1_048_576}


def fold(text: str) -> str:
    """The text in small letters without accents; signs that are no letters become spaces."""
    if text.isascii():  # mostly: it has neither
        return text.lower()
    bare = ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return SIGNS.sub(" ", unicodedata.normalize("NFKC", bare)).translate(LOWER)


def words_of(text: str) -> list[str]:
    """The words of what somebody typed, as `tsquery` takes them; a run without spaces stays one."""
    found = []
    for word in WORD.findall(fold(text)):
        at = 0
        for run in RUN.finditer(word):
            found += [word[at : run.start()], run[0]]
            at = run.end()
        found.append(word[at:])
    return [word[:LONGEST_WORD] for word in found if word]


def tsquery(words: Iterable[str], *, is_unfinished: bool = False) -> str:
    """A condition that all the words fulfil together, to be given to the database as lower(...)::tsquery, since only it knows
    what it takes for small letters. `is_unfinished`: the last word may go on."""
    words = list(words)
    parts = [part for word in words for part in parts_of(word)]
    if is_unfinished and words and len(words[-1]) >= SHORTEST_START and not RUN.match(words[-1]):
        parts[-1] += ":*"
    return " & ".join(parts)


def parts_of(word: str) -> list[str]:
    if not RUN.match(word):
        return [f"'{word}'"]
    if len(word) == 1:
        return [f"'{word}':*"]
    return [f"'{pair}'" for pair in dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1))]


class HasWords(Func):
    """Whether the words of these fields together fit a condition made by `tsquery`; for fields that have such an index."""

    function = "helpdesk_lexemes"
    arg_joiner = " || ' ' || "
    template = "%(function)s(%(expressions)s) @@ lower(%%s)::tsquery"
    output_field = BooleanField()

    def __init__(self, *fields: str, query: str) -> None:
        super().__init__(*fields)
        self.query = query

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        sql, params = super().as_sql(compiler, connection, **extra)
        return sql, [*params, self.query]
