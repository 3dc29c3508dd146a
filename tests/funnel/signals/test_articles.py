"""Articles that do not help their readers."""

import pytest

from funnel.invest.rules.articles import find_articles_not_helping
from funnel.sessions import nodes
from knowledge.models import ArticleVote
from tests import factories
from tests.funnel.signals.looking import NOBODY_DECIDED, firing
from tests.funnel.signals.rows import add_sessions, at

pytestmark = pytest.mark.django_db


def test_an_article_that_helps_clearly_fewer_of_its_readers_is_named(edition, desk):
    good, bad = factories.make_article("Return an item").pk, factories.make_article("Charged twice").pk
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 180, at(2, 10), good)
    add_sessions(edition, nodes.RESOLVED_AFTER, 20, at(2, 10), good)
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 20, at(3, 10), bad)
    add_sessions(edition, nodes.RESOLVED_AFTER, 20, at(3, 10), bad)
    found = firing(find_articles_not_helping(desk, NOBODY_DECIDED))
    assert list(found) == [str(bad)]
    told = found[str(bad)]
    assert (told.figure, told.figures["readers"], told.figures["title"]) == (0.5, 40, "Charged twice")
    assert told.figures["average"] == pytest.approx(200 / 240)
    assert told.team_hours == pytest.approx((200 / 240 - 0.5) * 40 / 3 * 6 / 60)


def test_an_article_with_few_readers_or_within_chance_is_not_named(edition, desk):
    good, few, near = (factories.make_article(title).pk for title in ("Return", "Few", "Near"))
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 180, at(2, 10), good)
    add_sessions(edition, nodes.RESOLVED_AFTER, 20, at(2, 10), good)
    add_sessions(edition, nodes.RESOLVED_AFTER, 29, at(3, 10), few)
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 32, at(3, 10), near)
    add_sessions(edition, nodes.RESOLVED_AFTER, 8, at(3, 10), near)
    assert not firing(find_articles_not_helping(desk, NOBODY_DECIDED))


def test_an_article_with_bad_votes_is_named_though_few_read_it(edition, desk):
    good, bad = factories.make_article("Return an item"), factories.make_article("Charged twice")
    visitors = iter(range(1, 100))

    def vote(article, *, helpful: int, not_helpful: int) -> None:
        ArticleVote.objects.bulk_create(
            ArticleVote(
                article=article,
                language="en",
                visitor=f"00000000-0000-4000-8000-{next(visitors):012d}",
                helpful=number < helpful,
                voted_at=at(3, 10),
            )
            for number in range(helpful + not_helpful)
        )

    vote(good, helpful=36, not_helpful=4)
    vote(bad, helpful=3, not_helpful=9)
    found = firing(find_articles_not_helping(desk, NOBODY_DECIDED))
    assert list(found) == [str(bad.pk)]
    assert (found[str(bad.pk)].figure, found[str(bad.pk)].figures["by"]) == (0.25, "votes")
