"""Finding articles. One function for the search page, the widget, the desk and the API."""

from dataclasses import dataclass, field
from difflib import get_close_matches

from django.conf import settings
from django.db import connection
from django.db.models.functions import Length

from knowledge.models import ArticleTranslation, SearchTerm, article_url
from knowledge.snippets import Piece, cut_snippet
from knowledge.terms import WORD, beginning, fold, pieces, stems, telling_words

LONGEST_QUERY = 300  # characters; what is longer is a message, and its beginning says what it is about
ENOUGH_PIECES = 0.5  # without one whole word in common, this share of the query's pieces must be there
ALIKE, MOST_CORRECTED = 0.75, 8  # how like a known word a mistyped one is; how many are looked up
LEAST_CANDIDATES = 20  # so many are looked at for the phrase, however few are wanted
PHRASE_COUNTS = 2.5  # an article whose title or summary says just what was asked counts so many times
SHARE_OF_BEST = 0.25  # what scores less than this share of the best hit is noise

RANK = """
WITH hits AS (
    SELECT term, translation_id, weight FROM knowledge_searchterm
    WHERE language = %(language)s AND (term = ANY(%(terms)s) {or_begins})
), rarity AS (
    SELECT term, ln(1 + (%(documents)s - count(*) + 0.5) / (count(*) + 0.5)) AS idf FROM hits GROUP BY term
)
SELECT translation_id, sum(weight * idf) AS score,
       count(*) FILTER (WHERE term NOT LIKE '~%%') AS words,
       count(*) FILTER (WHERE term LIKE '~%%') AS pieces
FROM hits JOIN rarity USING (term)
GROUP BY translation_id ORDER BY score DESC, translation_id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Hit:
    """An article that answers the query, best first. `language` differs from the asked one on a fallback."""

    article_id: int
    language: str
    title: str
    url: str
    summary: str
    snippet: str
    score: float
    pieces: tuple[Piece, ...] = field(repr=False, default=())  # the snippet with the found words marked


def search_articles(query: str, *, language: str, limit: int = 10) -> list[Hit]:
    """Published articles for `query`, best first, at most `limit`.

    What is written in `language` comes first; articles that do not exist in it follow in the workspace's own
    language. An empty query, or one that nothing fits, gives [].
    """
    query = query[:LONGEST_QUERY].replace("\x00", "").strip()
    if not query:
        return []
    hits = search_in(query, language, limit)
    if language != settings.LANGUAGE_CODE and len(hits) < limit:
        found = {hit.article_id for hit in hits}
        translated = set(
            ArticleTranslation.objects.published()
            .filter(language=language)
            .values_list("article_id", flat=True)
        )
        others = search_in(query, settings.LANGUAGE_CODE, limit + len(translated))
        hits += [hit for hit in others if hit.article_id not in translated | found]
    return hits[:limit]


def search_in(query: str, language: str, limit: int) -> list[Hit]:
    candidates = max(limit, LEAST_CANDIDATES)
    ranked = rank_translations(query, language, candidates)
    if not ranked and (known := with_known_words(query, language)):
        query, ranked = known, rank_translations(known, language, candidates)
    translations = ArticleTranslation.objects.defer("body", "html", "headings").in_bulk(ranked)
    scored = [
        (score * (PHRASE_COUNTS if says_word_for_word(query, translations[pk]) else 1), translations[pk])
        for pk, score in ranked.items()
        if pk in translations
    ]
    best = sorted(scored, key=lambda pair: -pair[0])[:limit]
    return [make_hit(translation, query, score) for score, translation in best]


def rank_translations(
    query: str, language: str, limit: int, share_of_best: float = SHARE_OF_BEST
) -> dict[int, float]:
    """Translation id -> score, best first: BM25 over stems, with pieces of words as a weaker second voice."""
    words, parts = stems(query, language), pieces(telling_words(query, language))
    begins = beginning(query)
    parameters = {
        "language": language,
        "terms": [*words, *parts],
        "documents": ArticleTranslation.objects.published().filter(language=language).count(),
        "begins": begins.replace("_", r"\_") + "%",
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(RANK.format(or_begins="OR term LIKE %(begins)s" if begins else ""), parameters)
        rows = cursor.fetchall()
    if not rows:
        return {}
    best = rows[0][1]
    return {
        translation: score
        for translation, score, words_hit, pieces_hit in rows
        if score >= best * share_of_best and (words_hit or pieces_hit >= ENOUGH_PIECES * len(parts))
    }


def with_known_words(query: str, language: str) -> str:
    """`query` with each word replaced by the word of our articles that it was probably meant to be, or left out.

    For a query of which nothing is found: "refnud" becomes "refund". The first letter is taken to be right.
    """
    words = [fold(word) for word in WORD.findall(telling_words(query, language))][:MOST_CORRECTED]
    close = (
        get_close_matches(word, known_words(word, language), n=1, cutoff=ALIKE)
        for word in words
        if len(word) > 3
    )
    return " ".join(match[0] for match in close if match)


def known_words(word: str, language: str) -> list[str]:
    """Stems in the index that begin like `word` and are about as long."""
    terms = SearchTerm.objects.filter(language=language, term__startswith=word[0])
    lengths = terms.annotate(length=Length("term")).filter(length__range=(len(word) - 3, len(word) + 1))
    return list(lengths.values_list("term", flat=True).distinct()[:2000])


def make_hit(translation: ArticleTranslation, query: str, score: float) -> Hit:
    snippet = cut_snippet(translation.plain or translation.summary, query)
    return Hit(
        article_id=translation.article_id,
        language=translation.language,
        title=translation.title,
        url=article_url(translation.language, translation.article_id, translation.slug),
        summary=translation.summary,
        snippet="".join(piece.text for piece in snippet),
        score=score,
        pieces=snippet,
    )


def says_word_for_word(query: str, translation: ArticleTranslation) -> bool:
    """Whether title or summary say the query word for word: "Where is my order?" is more than its one telling word."""
    words = WORD.findall(fold(query))
    said = WORD.findall(fold(f"{translation.title} {translation.summary}"))
    return len(words) > 1 and f" {' '.join(words)} " in f" {' '.join(said)} "
