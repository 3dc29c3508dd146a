"""`manage.py reindex_articles`: render and index every article again, after a change of the renderer or the index."""

from django.core.management.base import BaseCommand
from django.db import transaction

from knowledge.actions import render_translation
from knowledge.counting import recount_views
from knowledge.index import index_translation
from knowledge.models import ArticleTranslation


class Command(BaseCommand):
    help = "Render and index every article of the help center again, and count its views from the ledger."

    def handle(self, **options: object) -> None:
        texts = ArticleTranslation.objects.order_by("pk")
        for text in texts.iterator(chunk_size=100):
            with transaction.atomic():
                render_translation(text)
                text.save(update_fields=["html", "headings", "plain"])
                index_translation(text)
        recount_views()
        self.stdout.write(f"{texts.count()} texts rendered and indexed.")
