"""Showing why a ticket was found: the words asked for, marked where they stand."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from helpdesk.lexemes import RUN, fold, words_of

LONGEST = 160  # characters of a snippet
BEFORE = 14  # of them at most before the word: a row of the list shows about 35
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Marks:
    """What is marked: whole words, beginnings of words, and parts of what is written without spaces; all folded."""

    whole: frozenset[str] = frozenset()
    begun: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()

    @cached_property
    def any_of_them(self) -> re.Pattern[str] | None:
        """Finds them in a folded text; None where there is nothing to find."""
        words = [
            *(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])" for word in self.whole),
            *(rf"(?<![^\W_]){re.escape(word)}" for word in self.begun),
            *map(re.escape, self.runs),
        ]
        return re.compile("|".join(words)) if words else None

    def has(self, word: str) -> bool:
        return word in self.whole or bool(self.begun and word.startswith(self.begun))


def marks_for(texts: Iterable[str], *, is_unfinished: bool) -> Marks:
    """The marks for what was asked; `is_unfinished`: the last word may go on."""
    words = [word for text in texts for word in words_of(text)]
    runs = tuple(word for word in words if RUN.match(word))
    plain = [word for word in words if not RUN.match(word)]
    begun = (plain[-1],) if is_unfinished and plain and plain[-1] == words[-1] else ()
    return Marks(frozenset(plain), begun, runs)


def mark(text: str, marks: Marks) -> SafeString:
    """The text as HTML with the words marked."""
    parts, at = [], 0
    for begin, end in places_in(text, marks):
        parts += [escape(text[at:begin]), "<mark>", escape(text[begin:end]), "</mark>"]
        at = end
    return mark_safe("".join([*parts, escape(text[at:])]))


def places_in(text: str, marks: Marks) -> list[tuple[int, int]]:
    """Where the words stand in the text, in order."""
    places = []
    for word in WORD.finditer(text):
        folded = fold(word[0])
        if marks.has(folded):
            places.append(word.span())
        elif marks.runs and len(folded) == len(word[0]):
            for run in re.finditer("|".join(map(re.escape, marks.runs)), folded):
                places.append((word.start() + run.start(), word.start() + run.end()))
    return places


def snippet_with(text: str, marks: Marks) -> str:
    """About LONGEST characters on one line around the first of the words; the beginning where there is none."""
    text = " ".join(text.split())
    place = first_place(text, marks)
    begin = max(0, place - BEFORE)
    if begin:
        begin = text.find(" ", begin, place) + 1 or begin
    return ("…" if begin else "") + text[begin : begin + LONGEST].rstrip()


def first_place(text: str, marks: Marks) -> int:
    folded = fold(text)
    found = marks.any_of_them.search(folded) if marks.any_of_them else None
    if not found:
        return 0
    # A few letters fold to two; then the place is about right.
    return found.start() if len(folded) == len(text) else found.start() * len(text) // len(folded)
