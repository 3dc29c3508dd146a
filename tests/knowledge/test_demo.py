import re
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from helpdesk import clock
from helpdesk.events.models import Event
from helpdesk.people.contacts import VISITOR
from helpdesk.people.models import ContactIdentity
from knowledge.demo import fill_articles, fill_views, taste
from knowledge.demo.articles import FOLDER, ORDER, read_article
from knowledge.models import Article, ArticleDay, ArticleTranslation, ArticleVote, Category
from knowledge.search import search_articles
from tests.factories import customer_writes

pytestmark = pytest.mark.django_db
TRANSLATED = 8


@pytest.fixture
def shop() -> None:
    fill_articles()


def test_the_demo_has_its_articles_in_four_languages_and_filling_twice_changes_nothing(shop: None) -> None:
    written = Counter(ArticleTranslation.objects.published().values_list("language", flat=True))
    assert written == {"en": len(ORDER), "it": TRANSLATED, "ro": TRANSLATED, "zh-hans": TRANSLATED}
    assert Category.objects.count() == 6
    before = list(ArticleTranslation.objects.order_by("pk").values())
    fill_articles()
    assert list(ArticleTranslation.objects.order_by("pk").values()) == before


def test_every_text_is_rendered_clean_and_its_links_lead_somewhere(shop: None) -> None:
    names = set(Article.objects.values_list("slug", flat=True))
    for text in ArticleTranslation.objects.all():
        assert "**" not in text.html, text
        assert "](" not in text.html, text
        linked = set(re.findall(r'href="/[a-z-]+/articles/([a-z-]+)/', text.html))
        assert linked <= names, (text, linked - names)


def test_every_file_belongs_to_an_article_and_says_what_it_is() -> None:
    for path in FOLDER.glob("*/*.md"):
        facts, body = read_article(path)
        assert path.stem in ORDER
        assert facts.keys() == {"title", "summary", "section"}
        assert len(facts["title"]) <= 160
        assert len(facts["summary"]) <= 300
        assert len(body) > 300


QUESTIONS = [
    ("where is my order", "en", "track-your-parcel"),
    ("how long until I get my money back", "en", "when-your-refund-arrives"),
    ("I forgot my passwrod", "en", "reset-your-password"),
    ("dov'è il mio pacco", "it", "track-your-parcel"),
    ("fattura", "it", "download-an-invoice"),
    ("unde este comanda mea", "ro", "track-your-parcel"),
    ("schimb adresa de livrare", "ro", "change-the-delivery-address"),
    ("怎么退货", "zh-hans", "return-an-item"),
    ("修改收货地址", "zh-hans", "change-the-delivery-address"),
]


def test_the_questions_of_customers_find_their_article_first(shop: None) -> None:
    names = dict(Article.objects.values_list("pk", "slug"))
    for query, language, name in QUESTIONS:
        hits = search_articles(query, language=language, limit=3)
        assert names[hits[0].article_id] == name, (query, [hit.title for hit in hits])


def test_a_year_of_reading_is_told_whole(shop: None) -> None:
    fill_views(readers=400)
    told = Counter(Event.objects.values_list("name", flat=True))
    assert told["article.viewed"] > 400
    assert told["article.searched"] > 60
    assert told["article.voted"] == ArticleVote.objects.count() > 10
    assert sum(ArticleDay.objects.values_list("views", flat=True)) == told["article.viewed"]
    now = clock.now()
    facts = Event.objects.filter(name__startswith="article.")
    assert all(now - timedelta(days=366) < event.occurred_at <= now for event in facts)
    assert not facts.filter(told_at=None).exists()
    count = Event.objects.count()
    fill_views(readers=400)
    assert Event.objects.count() == count


def test_some_who_wrote_had_read_a_fitting_article_before(shop: None) -> None:
    visitor = UUID(int=7, version=4)
    for number in range(30):
        ticket = customer_writes(text=f"Invoice {number}", email=f"c{number}@customer.example").ticket
        ticket.tags = ["invoice"]
        ticket.save()
    ContactIdentity.objects.create(contact=ticket.contact, kind=VISITOR, value=str(visitor))
    fill_views(readers=5)
    own = Event.objects.filter(name="article.viewed", contact__isnull=False)
    assert 2 <= own.count() <= 25
    invoice = Article.objects.get(slug=taste.BY_TAG["invoice"][0])
    assert {event.data["article"] for event in own} == {invoice.pk}
    for event in own:
        asked = event.contact.tickets.get().first_asked_at
        assert timedelta(0) < asked - event.occurred_at < timedelta(hours=24)
    assert {event.visitor for event in own} <= {None, visitor}
