"""Articles with many readers that help them clearly less than the others do."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, Count, F, Func, Q

from funnel.invest.desk import Desk, in_months, sampled
from funnel.invest.findings import Finding
from funnel.report.estimates import percentile, wilson_interval
from funnel.sessions import nodes, paths

LEAST_READERS, LEAST_VOTES = 30, 10
IS_HELPED = Q(path__in=paths.codes_ending(nodes.RESOLVED_BY_ARTICLES))
BY_READERS, BY_VOTES = "readers", "votes"


class Unnest(Func):
    function = "unnest"
    set_returning = True
    output_field = CharField()


def find_articles_not_helping(desk: Desk, known: frozenset[str]) -> Iterator[Finding]:
    """One finding for each published article with enough readers or votes in the last three months."""
    read, voted = readers_of(desk), votes_of(desk)
    titles = titles_of(read.keys() | voted.keys() | known)
    average, liked = share_of(read.values()), share_of(voted.values())
    wait = typical_wait(desk)
    for article, title in titles.items():
        readers = read.get(article, (0, 0))
        votes = voted.get(article, (0, 0))
        judged = judge(readers, average, LEAST_READERS, BY_READERS) or judge(
            votes, liked, LEAST_VOTES, BY_VOTES
        )
        if judged is None and article not in known:
            continue
        measured = judged or {
            "by": BY_READERS,
            "share": readers[0] / readers[1] if readers[1] else 0,
            "average": average,
        }
        lost = max(0, measured["average"] - measured["share"]) * in_months(readers[1], desk.quarter)
        yield Finding(
            subject=article,
            figure=measured["share"],
            is_firing=judged is not None,
            figures=measured | {"title": title, "readers": readers[1], "votes": votes[1]},
            team_hours=desk.team_hours(lost),
            waiting_hours=lost * wait / 3600,
        )


def judge(part: tuple[int, int], average: float, least: int, by: str) -> dict[str, Any] | None:
    """Whether (helped, all) lies clearly below the average: its upper Wilson bound does."""
    helped, count = part
    if count < least:
        return None
    upper = wilson_interval(helped, count)[1]
    return (
        {"by": by, "share": helped / count, "upper": upper, "average": average} if upper < average else None
    )


def readers_of(desk: Desk) -> dict[str, tuple[int, int]]:
    """Article id as text -> (sessions it was read in and that articles solved, sessions it was read in)."""
    rows = desk.sessions(desk.quarter).exclude(articles=[]).annotate(article=Unnest(F("articles")))
    counted = rows.values("article").annotate(helped=Count("pk", filter=IS_HELPED), readers=Count("pk"))
    return {row["article"]: (row["helped"], row["readers"]) for row in counted.order_by()}


def votes_of(desk: Desk) -> dict[str, tuple[int, int]]:
    """Article id as text -> (yes, all votes) of the last three months."""
    votes = apps.get_model("knowledge", "ArticleVote").objects.filter(
        voted_at__gte=desk.quarter.start, voted_at__lt=desk.quarter.end
    )
    counted = votes.values("article_id").annotate(yes=Count("pk", filter=Q(helpful=True)), votes=Count("pk"))
    return {str(row["article_id"]): (row["yes"], row["votes"]) for row in counted.order_by()}


def titles_of(articles: Iterable[str]) -> dict[str, str]:
    """The titles of those that are published, in the workspace's language where there is one."""
    texts = apps.get_model("knowledge", "ArticleTranslation").objects.filter(
        status="published", article_id__in=[int(article) for article in articles if article.isdecimal()]
    )
    rows = sorted(
        texts.values_list("language", "article_id", "title"), key=lambda row: row[0] == settings.LANGUAGE_CODE
    )
    return {str(article): title for _language, article, title in rows}


def share_of(parts: Iterable[tuple[int, int]]) -> float:
    parts = list(parts)
    count = sum(whole for _part, whole in parts)
    return sum(part for part, _whole in parts) / count if count else 0.0


def typical_wait(desk: Desk) -> float:
    """Seconds that half of the last month's conversations waited for less, to their first answer."""
    waits, _step = sampled(desk.conversations(desk.month, "replied_at").exclude(first_response=None))
    return percentile(waits.values_list("first_response", flat=True), 0.5) or 0.0
