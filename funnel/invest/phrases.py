"""What texts are about: words brought to their stems by PostgreSQL, and pairs of them that stand together.

A term is a tuple of stems in alphabetical order, so that "rent a tent" and "tent rent" are one. Chinese and Japanese
are written without spaces: there a term is a run of two to four characters.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf.locale import LANG_INFO
from django.db import connection

Term = tuple[str, ...]
IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE = re.compile(r"[.!?;:,()\n\r。！？，、：；]+")
NEAR = 2  # words: one stop word may stand between the two of a pair
RUN = range(2, 5)  # characters
# Characters that ask, point or address, and name no thing.
EMPTY_CHARACTERS = frozenset(
    "的了吗呢吧我你您他她它们是在有这那请问怎么什可以能想要不没就都也还很到从给和与把被让我会说为上下个里后前来去过得着"
)


@dataclass
class Said:
    """One text: the terms in it, and how each was written."""

    words: set[Term] = field(default_factory=set)  # single stems
    pairs: dict[Term, str] = field(default_factory=dict)  # pairs, and runs of characters -> as written

    @property
    def terms(self) -> set[Term]:
        return self.words | self.pairs.keys()

    def holds(self, term: Term) -> bool:
        """One word anywhere, two beside each other, more of them anywhere."""
        if len(term) == 2:
            return term in self.pairs
        return term in self.pairs or all((stem,) in self.words for stem in term)


def read_texts(texts: list[str], language: str) -> list[Said]:
    """What each of the texts says, in the same order. One query for all of them."""
    cut = [[list(words_of(part)) for part in SENTENCE.split(text)] for text in texts]
    stems = stems_of({word for parts in cut for words in parts for word in words}, language)
    return [read_text(text, parts, stems) for text, parts in zip(texts, cut, strict=True)]


def read_text(text: str, parts: list[list[str]], stems: dict[str, str]) -> Said:
    said = Said()
    for words in parts:
        for place, word in enumerate(words):
            if not (stem := stems.get(word.casefold())):
                continue
            said.words.add((stem,))
            for reach in range(1, NEAR + 1):
                after = words[place + reach] if place + reach < len(words) else ""
                if other := stems.get(after.casefold()):
                    said.pairs.setdefault(
                        tuple(sorted((stem, other))), " ".join(words[place : place + reach + 1])
                    )
                    break
    for run in IDEOGRAPHS.findall(text):
        said.pairs.update({(part,): part for part in runs_of(run)})
    return said


def words_of(text: str) -> Iterator[str]:
    return (match[0] for match in WORD.finditer(IDEOGRAPHS.sub(" ", text)))


def runs_of(run: str) -> Iterator[str]:
    """Every two to four characters in a row that say something."""
    for length in RUN:
        for start in range(len(run) - length + 1):
            part = run[start : start + length]
            if not EMPTY_CHARACTERS.intersection(part):
                yield part


def stems_of(words: Iterable[str], language: str) -> dict[str, str]:
    """Word in small letters -> its stem, without stop words. Unknown languages are not stemmed."""
    small = sorted({word.casefold() for word in words if len(word) > 1})
    if not small:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT word, (tsvector_to_array(to_tsvector(%(config)s::regconfig, word)))[1]
            FROM unnest(%(words)s::text[]) AS word
            """,
            {"config": configuration_of(language), "words": small},
        )
        return {word: stem for word, stem in cursor.fetchall() if stem}


def configuration_of(language: str) -> str:
    """PostgreSQL's own name for the language: it calls them by their English names, as Django does."""
    name = LANG_INFO.get(language.split("-")[0], {}).get("name", "").lower()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_ts_config WHERE cfgname = %s", [name])
        return name if cursor.fetchone() else "simple"


def terms_of(queries: list[str], language: str) -> list[Term]:
    """What each search asks for as one term, in the same order; () where it says nothing."""
    spoken = [query.replace("-", " ").replace("_", " ") for query in queries]
    stems = stems_of({word for query in spoken for word in words_of(query)}, language)
    terms = []
    for query in spoken:
        found = {stems.get(word.casefold(), "") for word in words_of(query)} - {""}
        found |= {run for run in IDEOGRAPHS.findall(query) if len(run) in RUN}
        terms.append(tuple(sorted(found)))
    return terms


def most_written(written: Counter[str]) -> str:
    """The commonest spelling, with a capital first letter."""
    best = max(written, key=lambda words: (written[words], words.islower(), words))
    return best[:1].upper() + best[1:]
