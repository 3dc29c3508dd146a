"""What somebody typed into the search box, taken apart: `from:ann is:open tag:invoice "exact words" -refund boots`.

Pure: it knows the grammar and which filters there are, but neither the database nor who asks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from helpdesk.desk.filters.keys import ALIASES, find_key
from helpdesk.desk.filters.problems import Problem

# Quotes as people and their keyboards make them, and the wide colon of Chinese ones.
SAME = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"', "：": ":", "\u3000": " ", "\x00": " "}
)
KEY = re.compile(r"(?i:attribute|company)\.[\w.-]+|[A-Za-z_]+")
TOKEN = re.compile(
    rf'(?P<no>-?)(?:(?P<key>{KEY.pattern}):(?!//))?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<plain>[^\s"]\S*)?)'
)
NUMBER = re.compile(r"#\d{1,18}$")
WORD, PHRASE = "", '"'  # the keys of what is no filter
OPEN = ("open", "waiting", "unread", "escalated")
LONGEST_QUERY = 400  # characters of a query


@dataclass(frozen=True)
class Term:
    """One condition. `key` is WORD, PHRASE or one of KEYS; a WORD's value may still be several words (a-b)."""

    key: str
    value: str
    is_not: bool = False

    def __str__(self) -> str:
        no = "-" if self.is_not else ""
        if self.key == PHRASE:
            return f'{no}"{self.value}"'
        if self.key == WORD:
            return no + self.value
        needs_quotes = (
            not self.value or self.value.startswith("//") or any(sign.isspace() for sign in self.value)
        )
        return f'{no}{self.key}:"{self.value}"' if needs_quotes else f"{no}{self.key}:{self.value}"


@dataclass(frozen=True)
class Asked:
    """A query taken apart. `problems` says what could not be understood; `is_unfinished`: its last word may go on."""

    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_unfinished: bool = False

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    @cached_property
    def words(self) -> tuple[str, ...]:
        return self.values_of(WORD)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        return self.values_of(PHRASE)

    @cached_property
    def unwanted(self) -> tuple[str, ...]:
        return tuple(term.value for term in self.terms if term.key in (WORD, PHRASE) and term.is_not)

    @cached_property
    def filters(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if find_key(term.key))

    @property
    def is_open(self) -> bool:
        """Is all that fits open? Such lists can be counted and had in every order at no cost."""
        return any(term.key == "is" and term.value.lower() in OPEN and not term.is_not for term in self.terms)

    def values_of(self, key: str) -> tuple[str, ...]:
        """What was asked for by this key, without what was asked not to be."""
        return tuple(term.value for term in self.terms if term.key == key and not term.is_not)


def parse_query(text: str, *, longest: int = LONGEST_QUERY) -> Asked:
    """Take a query apart. Never fails: what is not understood is a problem, and searched as words where it may be some."""
    text = text[:longest].translate(SAME)
    terms, problems = [], []
    for match in tokens_of(text):
        term, problem = read_token(match)
        if term and term not in terms:
            terms.append(term)
        if problem:
            problems.append(problem)
    last = terms[-1] if terms else None
    is_unfinished = bool(last and last.key == WORD and not last.is_not and text.endswith(last.value))
    return Asked(tuple(terms), tuple(problems), is_unfinished)


def without_quotes(text: str) -> str:
    """A value that a query can carry."""
    return " ".join(text.translate(SAME).replace('"', " ").split())


def tokens_of(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match and match.end() > at:
            yield match
            at = match.end()
        else:
            at += 1  # a space


def read_token(match: re.Match[str]) -> tuple[Term | None, Problem | None]:
    is_not, is_quoted = bool(match["no"]), match["quoted"] is not None
    value = " ".join((match["quoted"] if is_quoted else match["plain"] or "").split())
    if not match["key"]:
        return read_words(value, is_not, is_quoted), None
    name = match["key"].lower()
    key = ALIASES.get(name, name)
    known = find_key(key)
    if known is None:
        return Term(PHRASE, f"{match['key']}:{value}".replace('"', ""), is_not), Problem(
            "unknown", f"{match['key']}:"
        )
    if not value:
        return None, Problem("empty", f"{key}:")
    problem = known.problem_of(value)
    return Term(key, value, is_not), Problem(problem, f"{key}:{value}", key) if problem else None


def read_words(value: str, is_not: bool, is_quoted: bool) -> Term | None:
    if not value:
        return None
    if NUMBER.match(value) and not is_quoted:
        return Term("number", value[1:], is_not)
    if "@" in value[1:] and not is_quoted and " " not in value:
        return Term("from", value, is_not)
    return Term(PHRASE if is_quoted else WORD, value, is_not)
