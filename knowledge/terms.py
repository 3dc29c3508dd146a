"""What a text is found by: word stems from PostgreSQL, pairs of Chinese characters and pieces of words from here.

Stems make "returning" find "return". Pieces of four letters, without accents, forgive a typing error, a
missing diacritic and a word that is not finished yet, and open up compounds. PostgreSQL takes a run of
Chinese characters for one word, so there the terms are the pairs of neighbouring characters.
"""

import re
import unicodedata
from collections import Counter

from django.db import connection

# PostgreSQL's configuration for a language; what is not named here is split into words but not stemmed.
STEMMERS = {
    "ar": "arabic",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
WORD = re.compile(r"\w+")
PIECE = 4
PIECE_MARK = "~"  # pieces start with it, so they never meet a stem
LONGEST = 64
# Pairs so common in questions that they say nothing of what is asked.
EMPTY_PAIRS = frozenset(
    [
        "怎么",
        "如何",
        "什么",
        "可以",
        "我的",
        "我想",
        "想要",
        "请问",
        "能否",
        "是否",
        "怎样",
        "为什",
        "你们",
        "我们",
        "一个",
        "没有",
        "这个",
    ]
)


def stems(text: str, language: str) -> Counter[str]:
    """Word stems and Chinese pairs of `text` with how often each occurs."""
    pairs = Counter(pair for run in IDEOGRAPHS.findall(text) for pair in pairs_of(run))
    configuration = STEMMERS.get(language, "simple")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme, coalesce(array_length(positions, 1), 1) FROM unnest(to_tsvector(%s::regconfig, %s))",
            [configuration, IDEOGRAPHS.sub(" ", text)],
        )
        words = Counter({lexeme[:LONGEST]: count for lexeme, count in cursor.fetchall()})
    return words + pairs


def pairs_of(run: str) -> list[str]:
    """Pairs of neighbours; a character alone stays alone."""
    if len(run) == 1:
        return [run]
    pairs = [run[start : start + 2] for start in range(len(run) - 1)]
    return [pair for pair in pairs if pair not in EMPTY_PAIRS]


def pieces(text: str) -> Counter[str]:
    """Every four letters in a row of every word, without accents, the word's edges marked by _."""
    return Counter(
        PIECE_MARK + padded[start : start + PIECE]
        for padded in (f"_{word}_" for word in WORD.findall(fold(IDEOGRAPHS.sub(" ", text))))
        for start in range(max(1, len(padded) - PIECE + 1))
    )


def telling_words(text: str, language: str) -> str:
    """`text` without its stop words ("where is my parcel" -> "parcel")."""
    words = WORD.findall(IDEOGRAPHS.sub(" ", text))
    configuration = STEMMERS.get(language, "simple")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM unnest(%s::text[]) AS word WHERE length(to_tsvector(%s::regconfig, word)) > 0",
            [words, configuration],
        )
        return " ".join(word for (word,) in cursor.fetchall())


def beginning(text: str) -> str:
    """The first piece of a last word of one or two letters, still being typed; "" where there is none."""
    folded = fold(text)
    words = WORD.findall(folded)
    if not words or not folded.endswith(words[-1]) or len(words[-1]) > 2 or IDEOGRAPHS.search(words[-1]):
        return ""
    return f"{PIECE_MARK}_{words[-1]}"


def fold(text: str) -> str:
    """Lower case without accents: "Înapoi" and "inapoi" are the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
