"""The two lines under a search result: the place of the text where most of the query stands, marked."""

import re
from dataclasses import dataclass

from knowledge.terms import IDEOGRAPHS, fold, pairs_of

LENGTH = 170
SHORTEST = 3
WORD_OR_RUN = re.compile(rf"{IDEOGRAPHS.pattern}|\w+")


@dataclass(frozen=True)
class Piece:
    text: str
    is_match: bool = False


def cut_snippet(text: str, query: str, length: int = LENGTH) -> tuple[Piece, ...]:
    """About `length` characters of `text` around the densest place of the query's words."""
    text = " ".join(text.split())
    matches = find_matches(text, query)
    start = densest_start(matches, length)
    if start:
        start = text.rfind(" ", 0, start) + 1 or start
    end = min(len(text), start + length)
    if end < len(text):
        end = max(text.rfind(" ", start + length // 2, end), 0) or end
    pieces = mark(text, start, end, [span for span in matches if span[0] >= start and span[1] <= end])
    before = [Piece("… ")] if start else []
    after = [Piece(" …")] if end < len(text) else []
    return (*before, *pieces, *after)


def find_matches(text: str, query: str) -> list[tuple[int, int]]:
    """Spans of the words that share their beginning with a word of the query, and Chinese pairs."""
    words, pairs = set(), set()
    for token in WORD_OR_RUN.findall(query):
        if IDEOGRAPHS.match(token):
            pairs.update(pairs_of(token))
        elif len(folded := fold(token)) >= SHORTEST:
            words.add(folded)
    spans = []
    for found in WORD_OR_RUN.finditer(text):
        if IDEOGRAPHS.match(found.group()):
            spans += [(at.start(), at.end()) for at in find_pairs(found, pairs)]
        elif any(begin_alike(fold(found.group()), word) for word in words):
            spans.append(found.span())
    return spans


def begin_alike(one: str, other: str) -> bool:
    """Forms of one word: "refund" and "refunded", not "refund" and "refuse"."""
    shorter = min(len(one), len(other))
    common = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    return common == shorter == len(one) == len(other) or common >= max(4, shorter - 1)


def find_pairs(run: re.Match, pairs: set[str]) -> list[re.Match]:
    if not pairs:
        return []
    pattern = re.compile("|".join(map(re.escape, sorted(pairs))))
    return list(pattern.finditer(run.string, run.start(), run.end()))


def densest_start(matches: list[tuple[int, int]], length: int) -> int:
    """Where to begin so that most matches fit, a little context before the first of them."""
    if not matches:
        return 0
    best = max(
        range(len(matches)),
        key=lambda first: (
            sum(1 for start, end in matches[first:] if end <= matches[first][0] + length),
            -first,
        ),
    )
    return max(0, matches[best][0] - 40)


def mark(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[Piece]:
    pieces, at = [], start
    for first, last in spans:
        if first < at:
            continue
        if first > at:
            pieces.append(Piece(text[at:first]))
        pieces.append(Piece(text[first:last], is_match=True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end]))
    return pieces
