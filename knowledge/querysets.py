"""The questions the help center asks of its articles."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from helpdesk import clock


class ArticleQuerySet(models.QuerySet):
    def published_in(self, language: str) -> "ArticleQuerySet":
        """Articles that can be read in `language`, or at least in the workspace's own language."""
        return self.filter(
            translations__language__in={language, settings.LANGUAGE_CODE}, translations__status="published"
        ).distinct()

    def with_readings(self, days: int = 365) -> "ArticleQuerySet":
        """Adds `readings`, the number of views in the last `days` days."""
        since = (clock.now() - timedelta(days=days)).date()
        return self.annotate(readings=Coalesce(Sum("days__views", filter=Q(days__day__gte=since)), Value(0)))


class TranslationQuerySet(models.QuerySet):
    def published(self) -> "TranslationQuerySet":
        return self.filter(status="published")

    def readable(self, language: str) -> "TranslationQuerySet":
        """Published, in `language` first, then in the workspace's own language, nothing else."""
        wanted = {language, settings.LANGUAGE_CODE}
        return (
            self.published()
            .filter(language__in=wanted)
            .annotate(is_fallback=Case(When(language=language, then=Value(0)), default=Value(1)))
            .order_by("is_fallback")
        )

    def without_bodies(self) -> "TranslationQuerySet":
        return self.defer("body", "html", "headings", "plain")
