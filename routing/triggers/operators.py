"""How a condition compares. One line in OPERATORS each; a field's kind says which of them fit.

What is compared: for `text` a list of texts of which one is enough, for `choice` a key ("" for none), for
`tags` a list of tags, for `state` one of two keys.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READ_CHARACTERS = 100_000  # of a text; what comes later in a huge mail is not looked at
FIRST_CJK = 0x2E80  # from here on words are written without spaces


@dataclass(frozen=True)
class Operator:
    key: str
    label: str | Promise
    kinds: frozenset[str]
    holds: Callable[[list[str], str], bool]
    needs_value: bool = True


def fold(text: str) -> str:
    """Without case, accents and differences of width."""
    plain = unicodedata.normalize("NFKD", text[:READ_CHARACTERS]).casefold()
    return "".join(each for each in plain if not unicodedata.combining(each))


def terms_of(wanted: str) -> list[str]:
    """ "invoice, credit note" asks for one of the two."""
    return [term for part in re.split(r"[,;，、\n]", wanted) if (term := fold(part).strip())]


@lru_cache(maxsize=512)
def words_pattern(wanted: str) -> re.Pattern[str]:
    """Finds any of the terms at the start of a word: "invoice" finds "Invoices" and not "preinvoice"."""
    found = [("" if ord(term[0]) >= FIRST_CJK else r"(?<!\w)") + re.escape(term) for term in terms_of(wanted)]
    return re.compile("|".join(found) or r"(?!)")


@lru_cache(maxsize=512)
def shape_pattern(wanted: str) -> re.Pattern[str]:
    """* for anything and ? for one character; the translation can't backtrack without end."""
    return re.compile(translate(fold(wanted.strip())))


def contains_any(texts: list[str], wanted: str) -> bool:
    pattern = words_pattern(wanted)
    return any(pattern.search(fold(text)) for text in texts)


def equals(texts: list[str], wanted: str) -> bool:
    return any(fold(text).strip() == fold(wanted).strip() for text in texts)


def starts_with(texts: list[str], wanted: str) -> bool:
    return any(fold(text).lstrip().startswith(fold(wanted).strip()) for text in texts)


def matches(texts: list[str], wanted: str) -> bool:
    pattern = shape_pattern(wanted)
    return any(pattern.match(fold(text)) for text in texts)


def is_empty(texts: list[str], wanted: str = "") -> bool:
    return not any(text.strip() for text in texts)


def has_tag(tags: list[str], wanted: str) -> bool:
    return not {fold(tag) for tag in tags}.isdisjoint(terms_of(wanted))


def negated(holds: Callable[[list[str], str], bool]) -> Callable[[list[str], str], bool]:
    return lambda texts, wanted: not holds(texts, wanted)


TEXT, CHOICE, TAGS, STATE = (frozenset({kind}) for kind in ("text", "choice", "tags", "state"))

OPERATORS = {
    operator.key: operator
    for operator in (
        Operator("contains_any", _("contains any of the words"), TEXT, contains_any),
        Operator("contains_none", _("contains none of the words"), TEXT, negated(contains_any)),
        Operator("is", _("is"), TEXT | CHOICE | STATE, equals),
        Operator("is_not", _("is not"), TEXT | CHOICE, negated(equals)),
        Operator("starts_with", _("starts with"), TEXT, starts_with),
        Operator("matches", _("matches the pattern"), TEXT, matches),
        Operator("has_any", _("has any of"), TAGS, has_tag),
        Operator("has_none", _("has none of"), TAGS, negated(has_tag)),
        Operator("is_empty", _("is empty"), TEXT | CHOICE | TAGS, is_empty, needs_value=False),
        Operator(
            "is_not_empty", _("is not empty"), TEXT | CHOICE | TAGS, negated(is_empty), needs_value=False
        ),
    )
}


def operators_for(kind: str) -> list[Operator]:
    return [operator for operator in OPERATORS.values() if kind in operator.kinds]
