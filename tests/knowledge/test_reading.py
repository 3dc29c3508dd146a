from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from helpdesk.clock import frozen_at
from helpdesk.events.models import Event
from helpdesk.people.contacts import VISITOR, find_or_create_contact
from knowledge.counting import recount_views
from knowledge.models import Article, ArticleDay, ArticleVote
from knowledge.reading import MOST_A_MINUTE, record_view
from tests.factories import make_article

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def read(client: Client, article: Article, **headers: str) -> None:
    assert client.get(f"/en/articles/{article.pk}/", follow=True, headers=headers).status_code == 200


def views() -> int:
    return Event.objects.filter(name="article.viewed").count()


def test_a_reading_is_one_fact_with_article_language_and_visitor(reader: Client) -> None:
    article = make_article()
    read(reader, article)
    event = Event.objects.get(name="article.viewed")
    assert event.data == {"article": article.pk, "language": "en"}
    assert event.visitor is not None
    assert event.contact is None
    assert event.actor_kind == "customer"


def test_the_same_person_counts_again_after_thirty_minutes_and_not_before(reader: Client) -> None:
    article = make_article()
    for minutes, expected in ((0, 1), (1, 1), (29, 1), (31, 2), (60, 2), (62, 3)):
        with frozen_at(NOON + timedelta(minutes=minutes)):
            read(reader, article)
        assert views() == expected, minutes
    assert ArticleDay.objects.get().views == 3


def test_another_article_and_another_person_count_at_once(reader: Client) -> None:
    first, second = make_article("One"), make_article("Two")
    read(reader, first)
    read(reader, second)
    read(Client(), first)
    assert views() == 3


def test_page_and_widget_are_one_reading(reader: Client) -> None:
    article = make_article()
    read(reader, article)
    assert reader.get(f"/help/api/articles/{article.pk}?lang=en").status_code == 200
    assert views() == 1


def test_the_team_does_not_count(writer: Client) -> None:
    read(writer, make_article())
    assert views() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
)
def test_crawlers_and_pages_fetched_in_advance_do_not_count(reader: Client, headers: dict) -> None:
    read(reader, make_article(), **headers)
    assert views() == 0


def test_a_known_visitors_reading_belongs_to_the_contact() -> None:
    article, visitor = make_article(), uuid4()
    contact = find_or_create_contact(VISITOR, str(visitor), name="Carla")
    assert record_view(article.pk, language="en", visitor=visitor)
    event = Event.objects.get(name="article.viewed")
    assert (event.contact, event.actor_id) == (contact, contact.pk)


def test_the_counts_can_be_made_again_from_the_ledger(reader: Client) -> None:
    article = make_article()
    for day in range(3):
        with frozen_at(NOON + timedelta(days=day)):
            read(reader, article)
    before = list(ArticleDay.objects.order_by("day").values_list("day", "views"))
    ArticleDay.objects.update(views=99)
    recount_views()
    assert list(ArticleDay.objects.order_by("day").values_list("day", "views")) == before
    assert len(before) == 3


def vote(client: Client, article: Article, **answers: str):
    return client.post(
        f"/help/api/articles/{article.pk}/vote?lang=en", answers, headers={"Accept": "application/json"}
    )


def test_a_vote_is_kept_once_per_reader_and_a_change_of_mind_is_a_new_fact(reader: Client) -> None:
    article = make_article()
    assert vote(reader, article, helpful="yes").json() == {"helpful": True}
    vote(reader, article, helpful="yes")
    assert Event.objects.filter(name="article.voted").count() == 1
    vote(reader, article, helpful="no")
    vote(reader, article, helpful="no", comment="Which printer?")
    kept = ArticleVote.objects.get()
    assert (kept.helpful, kept.comment) == (False, "Which printer?")
    told = Event.objects.filter(name="article.voted").order_by("pk").values_list("data__helpful", flat=True)
    assert list(told) == [True, False]


def test_a_form_without_script_comes_back_to_the_article_and_shows_the_vote(reader: Client) -> None:
    article = make_article()
    answer = reader.post(f"/help/api/articles/{article.pk}/vote?lang=en", {"helpful": "no"})
    assert answer.status_code == 302
    assert answer.url == f"/en/articles/{article.pk}-return-an-item/#vote"
    page = reader.get(answer.url).content.decode()
    assert 'value="no" aria-pressed="true"' in page
    assert '<form method="post"' in page
    assert "help-vote-comment" in page
    assert 'class="stack help-vote-comment" hidden' not in page


def test_votes_are_limited_by_address(settings: object) -> None:
    settings.RATELIMIT_ENABLE = True
    article = make_article()
    # More than twice as many as a minute allows: one may end on the way.
    answers = [vote(Client(), article, helpful="yes").status_code for _turn in range(61)]
    assert answers[:30] == [200] * 30
    assert 429 in answers


def test_drafts_can_not_be_voted_on(reader: Client) -> None:
    assert vote(reader, make_article(publish=False), helpful="yes").status_code == 404


def test_a_search_is_kept_with_the_number_of_results(reader: Client) -> None:
    make_article()
    reader.get("/en/search/?q=return")
    reader.get("/en/search/?q=return")
    reader.get("/en/search/?q=zeppelin")
    told = Event.objects.filter(name="article.searched").order_by("pk").values_list("data", flat=True)
    assert list(told) == [
        {"query": "return", "language": "en", "results": 1},
        {"query": "zeppelin", "language": "en", "results": 0},
    ]


def test_typing_is_not_a_search_until_it_is_finished(reader: Client) -> None:
    make_article()
    for query in ("re", "ret", "retu"):
        reader.get("/help/api/search", {"q": query, "lang": "en"})
    assert not Event.objects.exists()
    reader.get("/help/api/search", {"q": "return", "lang": "en", "record": "1"})
    assert Event.objects.get().data["query"] == "return"


def test_one_address_can_not_fill_the_ledger_by_throwing_its_cookie_away(reader: Client, settings) -> None:
    settings.RATELIMIT_ENABLE = True
    article = make_article()
    with frozen_at(NOON):
        for _ in range(2 * MOST_A_MINUTE + 5):
            reader.cookies.clear()
            read(reader, article)
    assert MOST_A_MINUTE <= views() <= 2 * MOST_A_MINUTE  # twice where a minute of the limit ended meanwhile
