"""Views per article and day. Written beside each event; made again from the ledger when asked."""

from datetime import date

from django.db import connection, transaction

from helpdesk.events import names
from knowledge.models import ArticleDay

ADD = """
INSERT INTO knowledge_articleday (article_id, day, views) VALUES (%s, %s, 1)
ON CONFLICT (article_id, day) DO UPDATE SET views = knowledge_articleday.views + 1
"""
FROM_LEDGER = """
INSERT INTO knowledge_articleday (article_id, day, views)
SELECT (data ->> 'article')::bigint, (occurred_at AT TIME ZONE 'UTC')::date, count(*)
FROM events_event JOIN knowledge_article ON knowledge_article.id = (data ->> 'article')::bigint
WHERE name = %s GROUP BY 1, 2
"""


def count_view(article_id: int, day: date) -> None:
    """Call it in the transaction that records the event."""
    with connection.cursor() as cursor:
        cursor.execute(ADD, [article_id, day])


@transaction.atomic
def recount_views() -> None:
    """Throw the counts away and count the ledger."""
    ArticleDay.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(FROM_LEDGER, [names.ARTICLE_VIEWED])
