"""Articles as the pages list them: by category and section, by how much they are read, by what is near."""

from dataclasses import dataclass, field

from django.core.cache import cache

from knowledge.models import Article, ArticleTranslation, Category, Section, article_url
from knowledge.search import rank_translations

KEPT = 300  # seconds that the most read articles and the neighbours of one are remembered


@dataclass(frozen=True)
class Entry:
    """An article in a list. `is_fallback` says that it is not written in the page's language."""

    article_id: int
    title: str
    summary: str
    url: str
    language: str
    is_fallback: bool


@dataclass
class ShelvedSection:
    section: Section
    name: str
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Shelved:
    category: Category
    slug: str
    icon: str
    name: str
    description: str
    url: str
    sections: list[ShelvedSection] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(section.entries) for section in self.sections)


def shelves_in(language: str) -> list[Shelved]:
    """The categories that have something to read, in order, with sections and entries. One query."""
    texts = (
        ArticleTranslation.objects.readable(language)
        .without_bodies()
        .select_related("article__section__category")
        .order_by(
            "article__section__category__position",
            "article__section__category_id",
            "article__section__position",
            "article__section_id",
            "article__position",
            "article_id",
            "is_fallback",
        )
    )
    shelves: dict[int, Shelved] = {}
    sections: dict[int, ShelvedSection] = {}
    seen: set[int] = set()
    for text in texts:
        if text.article_id in seen:
            continue
        seen.add(text.article_id)
        section = text.article.section
        if section.category_id not in shelves:
            shelves[section.category_id] = shelve(section.category, language)
        if section.pk not in sections:
            sections[section.pk] = ShelvedSection(section, section.name_in(language))
            shelves[section.category_id].sections.append(sections[section.pk])
        sections[section.pk].entries.append(entry_of(text, language))
    return list(shelves.values())


def shelve(category: Category, language: str) -> Shelved:
    return Shelved(
        category,
        category.slug,
        category.icon,
        category.name_in(language),
        category.description_in(language),
        category.url_in(language),
    )


def entry_of(text: ArticleTranslation, language: str) -> Entry:
    """The entry leads to the page in the reader's language even where the text is a fallback."""
    url = article_url(language, text.article_id, text.slug)
    return Entry(text.article_id, text.title, text.summary, url, text.language, text.language != language)


def most_read(language: str, *, limit: int) -> list[Entry]:
    """The articles read most in the last 90 days; remembered for five minutes."""
    key = f"knowledge:most_read:{language}:{limit}"
    entries = cache.get(key)
    if entries is None:
        articles = (
            Article.objects.published_in(language)
            .with_readings(days=90)
            .order_by("-readings", "position", "id")
        )
        entries = entries_of([article.pk for article in articles[:limit]], language)
        cache.set(key, entries, KEPT)
    return entries


def neighbours(text: ArticleTranslation, language: str, *, limit: int) -> list[Entry]:
    """Articles about the same thing: those its title and summary find; remembered until the text changes."""
    key = f"knowledge:neighbours:{text.pk}:{text.version}:{language}:{limit}"
    entries = cache.get(key)
    if entries is None:
        question = f"{text.title} {text.summary}"
        # The article itself scores best by far, so what is near it is measured by a lower share.
        ranked = rank_translations(question, text.language, limit + 1, share_of_best=0.05)
        near = ArticleTranslation.objects.filter(pk__in=ranked).values_list("pk", "article_id")
        articles = dict(near)
        ids = [articles[pk] for pk in ranked if pk in articles and pk != text.pk]
        entries = entries_of(ids[:limit], language)
        cache.set(key, entries, KEPT)
    return entries


def entries_of(article_ids: list[int], language: str) -> list[Entry]:
    """Entries in the order of the ids; an article that nobody can read is left out."""
    texts: dict[int, ArticleTranslation] = {}
    for text in (
        ArticleTranslation.objects.readable(language).without_bodies().filter(article__in=article_ids)
    ):
        texts.setdefault(text.article_id, text)
    return [entry_of(texts[pk], language) for pk in article_ids if pk in texts]
