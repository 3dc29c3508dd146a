from uuid import UUID

import pytest
from django.test import Client

from helpdesk.events.models import Event
from helpdesk.people.visitors import COOKIE, read_visitor, sign_visitor
from tests.factories import customer_writes, make_agent, make_article, make_department, make_inbox

pytestmark = pytest.mark.django_db


def test_the_widget_searches_the_same_articles(reader: Client) -> None:
    article = make_article(summary="In short.")
    answer = reader.get("/help/api/search", {"q": "return", "lang": "en"}).json()
    assert answer["language"] == "en"
    assert [(hit["id"], hit["title"], hit["summary"]) for hit in answer["results"]] == [
        (article.pk, "Return an item", "In short.")
    ]
    assert answer["results"][0]["url"] == f"/en/articles/{article.pk}-return-an-item/"


@pytest.mark.parametrize(
    ("asked", "expected"), [("zh-CN", "zh-hans"), ("it-CH", "it"), ("xx", "en"), ("", "en")]
)
def test_the_language_asked_is_taken_as_near_as_there_is(reader: Client, asked: str, expected: str) -> None:
    assert reader.get("/help/api/articles/top", {"lang": asked}).json()["language"] == expected


def test_an_article_comes_with_safe_html_and_says_when_it_is_not_translated(reader: Client) -> None:
    article = make_article(body="It is **free**. <b>x</b>")
    answer = reader.get(f"/help/api/articles/{article.pk}", {"lang": "ro"}).json()
    assert answer["html"] == "<p>It is <strong>free</strong>. &lt;b&gt;x&lt;/b&gt;</p>\n"
    assert (answer["language"], answer["is_fallback"]) == ("en", True)


def test_the_widget_names_its_visitor_by_a_signed_token(reader: Client) -> None:
    article, visitor = make_article(), "0190163d-8694-739b-aea5-966c26f8ad91"
    token = sign_visitor(UUID(visitor))
    reader.get(f"/help/api/articles/{article.pk}", headers={"X-Visitor": token})
    assert str(Event.objects.get().visitor) == visitor
    Client().get(f"/help/api/articles/{article.pk}", headers={"X-Visitor": visitor})
    assert Event.objects.exclude(visitor=visitor).count() == 1  # an unsigned id is nobody's


def test_a_link_can_not_make_a_reader_into_the_visitor_of_whoever_sent_it(reader: Client) -> None:
    article, mallory = make_article(), UUID("0190163d-8694-739b-aea5-966c26f8ad91")
    reader.get(f"/help/api/articles/{article.pk}", {"visitor": sign_visitor(mallory)})
    assert read_visitor(reader.cookies[COOKIE].value) != mallory


def test_the_desk_gets_three_articles_for_a_ticket(writer: Client) -> None:
    article = make_article("Return an item", "Send it back within 30 days.")
    for number in range(4):
        make_article(f"Return an item {number}", "Send it back within 30 days.")
    for name in ("Tents", "Boots", "Stoves", "Ropes", "Lamps", "Maps", "Skis", "Socks"):
        make_article(name, "Look after them.")
    ticket = customer_writes(text="Can I return an item after 30 days?", subject="Return").ticket
    html = writer.get("/help/suggestions/", {"ticket": ticket.pk}).content.decode()
    assert html.count("data-insert-url=") == 3
    assert f'/en/articles/{article.pk}-return-an-item/"' in html
    assert "Tents" not in html


def test_a_ticket_nothing_fits_says_so(writer: Client) -> None:
    ticket = customer_writes(text="Zeppelin?", subject="Zeppelin").ticket
    assert (
        "No article fits this ticket."
        in writer.get("/help/suggestions/", {"ticket": ticket.pk}).content.decode()
    )


def test_suggestions_speak_the_agents_language(client: Client) -> None:
    make_article("Return an item", "Send it back within 30 days.")
    ticket = customer_writes(text="Can I return an item?", subject="Return").ticket
    client.force_login(make_agent("Lena", language="it"))
    html = client.get("/help/suggestions/", {"ticket": ticket.pk}, headers={"accept-language": "en"})
    assert ">Inserisci</button>" in html.content.decode()


def test_suggestions_are_for_those_who_may_see_the_ticket(reader: Client, writer: Client) -> None:
    department = make_department("Legal", is_restricted=True)
    ticket = customer_writes(make_inbox(department=department), text="x").ticket
    assert reader.get("/help/suggestions/", {"ticket": ticket.pk}).status_code == 302
    assert writer.get("/help/suggestions/", {"ticket": ticket.pk}).status_code == 404
    assert writer.get("/help/suggestions/", {"ticket": "x' OR 1=1"}).status_code == 404
    member = Client()
    agent = make_agent("Lena")
    department.members.add(agent)
    member.force_login(agent)
    assert member.get("/help/suggestions/", {"ticket": ticket.pk}).status_code == 200
