"""What the help center holds: categories > sections > articles, one text per language, every save kept."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knowledge.querysets import ArticleQuerySet, TranslationQuerySet


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text for `language`, else the workspace's own language, else any there is, else ""."""
    return (
        texts.get(language)
        or texts.get(settings.LANGUAGE_CODE)
        or next((text for text in texts.values() if text), "")
    )


class Category(models.Model):
    """A shelf of the help center. Its names and descriptions are one JSON object, language code -> text."""

    slug = models.SlugField(max_length=60, unique=True)
    icon = models.CharField(max_length=30, default="book-open")
    position = models.PositiveSmallIntegerField(default=0)
    names = models.JSONField(default=dict)
    descriptions = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return in_language(self.names, settings.LANGUAGE_CODE)

    def name_in(self, language: str) -> str:
        return in_language(self.names, language)

    def description_in(self, language: str) -> str:
        return in_language(self.descriptions, language)

    def url_in(self, language: str) -> str:
        return reverse("knowledge:category", args=[language, self.slug])


class Section(models.Model):
    category = models.ForeignKey(Category, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=0)
    names = models.JSONField(default=dict)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return in_language(self.names, settings.LANGUAGE_CODE)

    def name_in(self, language: str) -> str:
        return in_language(self.names, language)


class Article(models.Model):
    """The same advice in several languages. What is read and counted is the article, not the translation."""

    section = models.ForeignKey(Section, models.PROTECT, related_name="articles")
    slug = models.SlugField(max_length=80, unique=True)  # a stable name for imports and demo content
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.slug


class Status(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("article", "Draft")
    PUBLISHED = "published", pgettext_lazy("article", "Published")


class ArticleTranslation(models.Model):
    """One article in one language. `html`, `headings` and `plain` are made from `body` on every save."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="translations")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=160)
    slug = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)  # Markdown
    html = models.TextField(blank=True, editable=False)  # safe to print
    headings = models.JSONField(default=list, editable=False)  # [{level, id, text}]
    plain = models.TextField(blank=True, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=0)  # number of the newest ArticleVersion
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    objects = TranslationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="article_once_per_language")
        ]
        indexes = [models.Index(fields=["language", "status"], name="translation_by_language")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED

    def get_absolute_url(self) -> str:
        return article_url(self.language, self.article_id, self.slug)


def article_url(language: str, article_id: int, slug: str) -> str:
    return reverse("knowledge:article", args=[language, article_id, slug])


class ArticleVersion(models.Model):
    """What a save wrote. Never changed; restoring one is a new save."""

    translation = models.ForeignKey(ArticleTranslation, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "number"], name="article_version_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class ArticleVote(models.Model):
    """What one reader said to "Did this help?". The last answer counts."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="votes")
    language = models.CharField(max_length=12)
    visitor = models.UUIDField()
    contact = models.ForeignKey("people.Contact", models.SET_NULL, null=True, related_name="+")
    helpful = models.BooleanField(verbose_name=_("helpful"))
    comment = models.CharField(max_length=1000, blank=True)
    voted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "visitor"], name="vote_once_per_reader")]

    def __str__(self) -> str:
        return f"{self.article_id}: {'yes' if self.helpful else 'no'}"


class ArticleDay(models.Model):
    """Views of one article on one day (UTC), counted in the transaction that writes the event.

    `knowledge.counting.recount_views` makes the table again from the ledger.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "day"], name="article_day_once")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}: {self.views}"


class SearchTerm(models.Model):
    """One row of the search index: a term of a published translation and its weight there (knowledge/index.py)."""

    translation = models.ForeignKey(
        ArticleTranslation, models.CASCADE, db_index=True, related_name="search_terms"
    )
    language = models.CharField(max_length=12)
    # Sorted by code point whatever the database's locale is: then a search by first letters uses the index.
    term = models.CharField(max_length=64, db_collation="C")
    weight = models.FloatField()

    class Meta:
        indexes = [
            models.Index(
                fields=["language", "term"], include=["translation", "weight"], name="term_to_translation"
            )
        ]

    def __str__(self) -> str:
        return self.term
