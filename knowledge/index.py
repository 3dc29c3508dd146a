"""The search index: one row for each term of each published translation, with its weight already worked out.

The weight is BM25's part that depends on the document alone (how often, how long); the part that depends on
all documents (how rare) is worked out when somebody searches, so a save touches only its own rows. What
counts in PIECES_COUNT and the two curves was chosen on the ten-language question set of docs/helpcenter.md.
"""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from knowledge.models import ArticleTranslation, SearchTerm
from knowledge.terms import pieces, stems

TITLE_COUNTS, SUMMARY_COUNTS = (
    4,
    2,
)  # a word of the title counts as four of the body, one of the summary as two
TITLE_BONUS = 1.5  # and what makes up a large part of a short title gets this much more
PIECES_COUNT = 0.3


@dataclass(frozen=True)
class Curve:
    """BM25: `k1` says how soon more of the same word stops counting, `b` how much a long text is held back."""

    k1: float
    b: float
    usual_length: int

    def weight(self, count: int, length: int) -> float:
        held_back = 1 - self.b + self.b * length / self.usual_length
        return count * (self.k1 + 1) / (count + self.k1 * held_back)


STEMS, PIECES = Curve(k1=0.8, b=0.4, usual_length=120), Curve(k1=1.2, b=0.6, usual_length=900)


@transaction.atomic
def index_translation(translation: ArticleTranslation) -> None:
    """Write the terms of one translation again; a draft has none."""
    SearchTerm.objects.filter(translation=translation).delete()
    if translation.is_published:
        SearchTerm.objects.bulk_create(
            [
                SearchTerm(translation=translation, language=translation.language, term=term, weight=weight)
                for term, weight in weigh_terms(translation).items()
            ],
            batch_size=2000,
        )


def weigh_terms(translation: ArticleTranslation) -> dict[str, float]:
    """Every term of the translation -> its weight there."""
    weights = {}
    body = stems(translation.plain, translation.language)
    length = sum(body.values())
    title = stems(translation.title, translation.language)
    counts = (
        body
        + times(title, TITLE_COUNTS)
        + times(stems(translation.summary, translation.language), SUMMARY_COUNTS)
    )
    for term, count in counts.items():
        weights[term] = STEMS.weight(count, length)
    for term in title:
        weights[term] += TITLE_BONUS / len(title) ** 0.5
    body = pieces(translation.plain)
    length = sum(body.values())
    counts = (
        body
        + times(pieces(translation.title), TITLE_COUNTS)
        + times(pieces(translation.summary), SUMMARY_COUNTS)
    )
    for term, count in counts.items():
        weights[term] = PIECES_COUNT * PIECES.weight(count, length)
    return weights


def times(counts: Counter[str], factor: int) -> Counter[str]:
    return Counter({term: count * factor for term, count in counts.items()})
