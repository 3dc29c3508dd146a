import pytest
from django.test import Client

from helpdesk.api.models import create_token
from knowledge.models import Article
from tests.factories import make_agent, make_article, make_section

pytestmark = pytest.mark.django_db
ARTICLES = "/api/v1/articles/"


@pytest.fixture
def program() -> Client:
    """A client with the token of an agent."""
    return Client(headers={"Authorization": f"Bearer {create_token(make_agent('Robo'))}"})


def test_without_a_token_there_is_nothing(client: Client) -> None:
    assert client.get(ARTICLES).status_code == 401
    assert client.post(ARTICLES, {}, content_type="application/json").status_code == 401


def test_articles_are_listed_newest_first_by_cursor(program: Client) -> None:
    for number in range(3):
        make_article(f"Article {number}")
    first = program.get(ARTICLES, {"page_size": 2}).json()
    assert [one["name"] for one in first["results"]] == ["article-2", "article-1"]
    rest = program.get(first["next"]).json()
    assert [one["name"] for one in rest["results"]] == ["article-0"]
    assert rest["next"] is None


def test_the_list_can_be_kept_to_a_language_and_a_status(program: Client) -> None:
    make_article("Both", it=("Tutti e due", "Testo."))
    make_article("English only")
    make_article("Draft", publish=False)
    names = [one["name"] for one in program.get(ARTICLES, {"language": "it"}).json()["results"]]
    assert names == ["both"]
    names = [one["name"] for one in program.get(ARTICLES, {"status": "draft"}).json()["results"]]
    assert names == ["draft"]
    assert program.get(ARTICLES, {"language": "tlh"}).json()["errors"][0]["field"] == "language"


def test_one_article_is_read_with_its_texts(program: Client) -> None:
    article = make_article("Return", "It is **free**.", it=("Reso", "È gratis."))
    told = program.get(f"{ARTICLES}{article.pk}/").json()
    texts = {text["language"]: text for text in told["translations"]}
    assert texts["en"]["body"] == "It is **free**."
    assert texts["en"]["html"] == "<p>It is <strong>free</strong>.</p>\n"
    assert texts["it"]["url"] == f"/it/articles/{article.pk}-reso/"
    assert (told["name"], told["category"]) == ("return", "returns")
    assert program.get(f"{ARTICLES}999999/").status_code == 404
    assert program.get(f"{ARTICLES}x/").status_code == 404


def test_a_program_writes_publishes_and_translates(program: Client) -> None:
    section = make_section()
    made = program.post(
        ARTICLES,
        {"section": section.pk, "title": "Gift cards", "body": "Five years."},
        content_type="application/json",
    )
    assert made.status_code == 201
    path = f"{ARTICLES}{made.json()['id']}/"
    assert made.json()["translations"][0]["status"] == "draft"
    changed = program.patch(path, {"publish": True, "version": 1}, content_type="application/json")
    assert (
        changed.json()["translations"][0] | {"status": "published", "body": "Five years.", "version": 2}
        == (changed.json()["translations"][0])
    )
    facts = {"language": "it", "title": "Buoni", "body": "Cinque anni.", "publish": True}
    assert len(program.patch(path, facts, content_type="application/json").json()["translations"]) == 2


def test_a_save_over_a_newer_version_is_a_conflict(program: Client) -> None:
    article = make_article()
    answer = program.patch(
        f"{ARTICLES}{article.pk}/", {"body": "Mine.", "version": 7}, content_type="application/json"
    )
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"


def test_what_is_missing_is_named(program: Client) -> None:
    answer = program.post(ARTICLES, {"body": "x"}, content_type="application/json")
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"section", "title"}
    assert not Article.objects.exists()


def test_a_program_searches_as_the_page_does(program: Client) -> None:
    make_article("Return an item")
    make_article("Draft about returns", publish=False)
    hits = program.get(f"{ARTICLES}search/", {"q": "returning"}).json()["results"]
    assert [hit["title"] for hit in hits] == ["Return an item"]
    assert program.get(f"{ARTICLES}search/", {"q": "x", "limit": "0"}).status_code == 400


def test_a_list_takes_the_same_queries_however_long(
    program: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(10):
        make_article(f"Article {number}", it=(f"Articolo {number}", "Testo."))
    with django_assert_max_num_queries(5):
        assert len(program.get(ARTICLES).json()["results"]) == 10
