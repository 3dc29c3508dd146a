import pytest

from helpdesk.errors import Conflict, Invalid
from helpdesk.events.actor import SYSTEM
from knowledge.actions import create_article, delete_article, move_article, restore_version, save_translation
from knowledge.models import Article, Status
from tests.factories import by, make_agent, make_article, make_section

pytestmark = pytest.mark.django_db


def save(article: Article, body: str = "Text.", **details: object):
    return save_translation(
        article, **({"language": "en", "title": "Title", "body": body, "by": SYSTEM} | details)
    )


def test_every_save_keeps_a_version_with_its_author() -> None:
    alice = make_agent("Alice")
    article = make_article("Returns", "First.")
    text = save(article, "Second.", by=by(alice))
    assert list(text.versions.values_list("number", "body")) == [(2, "Second."), (1, "First.")]
    assert text.versions.first().author == alice


def test_a_version_brought_back_is_a_new_save_and_stays_published() -> None:
    article = make_article("Returns", "First.")
    text = save(article, "Second.")
    back = restore_version(text.versions.get(number=1), by=SYSTEM)
    assert (back.body, back.title, back.version, back.status) == ("First.", "Returns", 3, Status.PUBLISHED)
    assert back.versions.count() == 3


def test_a_save_over_somebody_elses_is_refused_and_writes_nothing() -> None:
    article = make_article("Returns", "First.")
    save(article, "Theirs.", seen_version=1)
    with pytest.raises(Conflict):
        save(article, "Mine.", seen_version=1)
    assert article.translations.get().body == "Theirs."


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"summary": "x" * 301}, "summary"),
        ({"body": "x" * 100_001}, "body"),
        ({"language": "tlh"}, "language"),
        ({"body": " ", "publish": True}, "body"),
    ],
)
def test_a_text_that_can_not_stand_is_refused_with_its_field(details: dict, field: str) -> None:
    article = create_article(make_section(), title="x", by=SYSTEM)
    with pytest.raises(Invalid) as refusal:
        save(article, **details)
    assert refusal.value.field == field
    assert not article.translations.exists()


def test_the_day_of_publication_is_the_first_one() -> None:
    article = make_article("Returns", publish=False)
    assert article.translations.get().published_at is None
    first = save(article, publish=True).published_at
    save(article, publish=False)
    assert save(article, publish=True).published_at == first


def test_two_articles_of_one_title_get_two_names() -> None:
    names = [make_article("Return an item").slug for _turn in range(3)]
    assert names == ["return-an-item", "return-an-item-2", "return-an-item-3"]


def test_a_name_never_looks_like_a_number() -> None:
    assert make_article("30 days to return").slug == "a-30-days-to-return"
    assert make_article("退货").slug == "article"


def test_an_article_moves_to_the_end_of_its_new_section() -> None:
    make_article("Already there", section=make_section("Refunds"))
    article = make_article("Moves")
    move_article(article, section=make_section("Refunds"))
    article.refresh_from_db()
    assert (article.section.names["en"], article.position) == ("Refunds", 1)


def test_only_what_was_never_published_can_be_deleted() -> None:
    draft, published = make_article("Draft", publish=False), make_article("Published")
    delete_article(draft)
    with pytest.raises(Conflict):
        delete_article(published)
    assert list(Article.objects.all()) == [published]
