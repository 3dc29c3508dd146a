"""Who read, searched and voted: each becomes one fact in the ledger, once per person where that is the rule."""

import re
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited
from redis.exceptions import RedisError

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.people.contacts import VISITOR, find_contact
from helpdesk.people.visitors import COOKIE
from knowledge.counting import count_view
from knowledge.models import Article, ArticleVote

SAME_READING = timedelta(minutes=30)
MOST_A_MINUTE = 60  # readings and searches counted from one address; an office shares one
CRAWLERS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|archiver|facebookexternalhit|embedly|lighthouse|uptime|monitor",
    re.IGNORECASE,
)


def is_reader(request: HttpRequest) -> bool:
    """Whether this request is a customer reading: not the team, no crawler, no page fetched in advance."""
    if request.method != "GET" or request.user.is_authenticated:
        return False
    purpose = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")).lower()
    if "prefetch" in purpose or "preview" in purpose or "prerender" in purpose:
        return False
    return not CRAWLERS.search(request.headers.get("User-Agent", "")) and not is_flood(request)


def is_flood(request: HttpRequest) -> bool:
    """Whether so much came from this address that no more is counted; it is served all the same. While Redis is
    away everybody counts."""
    try:
        return is_ratelimited(request, group="reading", key="ip", rate=f"{MOST_A_MINUTE}/m", increment=True)
    except RedisError:
        return False


def has_visited(request: HttpRequest) -> bool:
    """Whether this browser has been given a visitor id before."""
    return COOKIE in request.COOKIES


@transaction.atomic
def record_view(article_id: int, *, language: str, visitor: UUID, channel: str = "") -> bool:
    """Count a reading; False where this person read this article less than 30 minutes ago already."""
    one_at_a_time("view", article_id, visitor)
    seen = Event.objects.filter(
        visitor=visitor,
        name=names.ARTICLE_VIEWED,
        data__article=article_id,
        occurred_at__gt=clock.now() - SAME_READING,
    )
    if seen.exists():
        return False
    contact = find_contact(VISITOR, str(visitor))
    record(
        names.ARTICLE_VIEWED,
        by=reader(contact),
        contact=contact,
        visitor=visitor,
        channel=channel,
        data={"article": article_id, "language": language},
    )
    count_view(article_id, clock.now().date())
    return True


@transaction.atomic
def vote(article: Article, *, helpful: bool, language: str, visitor: UUID, comment: str = "") -> ArticleVote:
    """Keep what a reader said. Saying the same again adds only the comment; a change of mind is a new fact."""
    one_at_a_time("vote", article.pk, visitor)
    contact = find_contact(VISITOR, str(visitor))
    before = ArticleVote.objects.filter(article=article, visitor=visitor).first()
    given, _is_new = ArticleVote.objects.update_or_create(
        article=article,
        visitor=visitor,
        defaults={
            "helpful": helpful,
            "language": language,
            "contact": contact,
            "comment": comment.replace("\x00", "").strip()[:1000] or (before.comment if before else ""),
            "voted_at": clock.now(),
        },
    )
    if before is None or before.helpful != helpful:
        record(
            names.ARTICLE_VOTED,
            by=reader(contact),
            contact=contact,
            visitor=visitor,
            data={"article": article.pk, "language": language, "helpful": helpful},
        )
    return given


@transaction.atomic
def record_search(query: str, *, language: str, results: int, visitor: UUID, channel: str = "") -> bool:
    """Keep what was searched and how much was found; the same search of the same person counts once in 30 minutes."""
    query = " ".join(query.split())[:200]
    seen = Event.objects.filter(
        visitor=visitor,
        name=names.ARTICLE_SEARCHED,
        data__query=query,
        occurred_at__gt=clock.now() - SAME_READING,
    )
    if not query or seen.exists():
        return False
    contact = find_contact(VISITOR, str(visitor))
    record(
        names.ARTICLE_SEARCHED,
        by=reader(contact),
        contact=contact,
        visitor=visitor,
        channel=channel,
        data={"query": query, "language": language, "results": results},
    )
    return True


def reader(contact: object | None) -> Actor:
    return Actor.customer(contact) if contact else Actor("customer")


def one_at_a_time(what: str, article_id: int, visitor: UUID) -> None:
    """Make a double click or two tabs wait for each other until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what} {article_id} {visitor}"]
        )
