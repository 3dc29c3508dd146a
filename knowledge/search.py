"""Finding articles. One function for the search page, the widget, the desk and the API."""

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection

from knowledge.models import ArticleTranslation, article_url
from knowledge.snippets import Piece, cut_snippet
from knowledge.terms import beginning, pieces, stems, telling_words

LONGEST_QUERY = 300  # characters; what is longer is a message, and its beginning says what it is about
ENOUGH_PIECES = 0.5  # without one whole word in common, this share of the query's pieces must be there
ALIKE = 0.4  # trigram likeness of query and title
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
    ranked = rank_translations(query, language, limit) or rank_titles(query, language, limit)
    translations = ArticleTranslation.objects.defer("body", "html", "headings").in_bulk(ranked)
    return [make_hit(translations[pk], query, score) for pk, score in ranked.items() if pk in translations]


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


def rank_titles(query: str, language: str, limit: int) -> dict[int, float]:
    """Translation id -> likeness of the title, for a query of which no word is found ("refnud")."""
    texts = ArticleTranslation.objects.published().filter(language=language)
    alike = texts.annotate(likeness=TrigramWordSimilarity(query, "title")).filter(likeness__gte=ALIKE)
    return dict(alike.order_by("-likeness", "pk").values_list("pk", "likeness")[:limit])


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
