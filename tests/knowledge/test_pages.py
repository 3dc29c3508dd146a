import re

import pytest
from django.core.cache import cache
from django.test import Client

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Workspace
from tests.factories import make_article, make_inbox, make_section

pytestmark = pytest.mark.django_db
LONG = "\n\n".join(f"## Part {number}\n\nText {number}." for number in range(4))


def page(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize(
    ("browser", "expected"),
    [("it-IT,it;q=0.9", "it"), ("zh-CN,zh;q=0.9", "zh-hans"), ("ro", "ro"), ("fr-FR,fr", "en"), ("", "en")],
)
def test_the_front_door_leads_to_the_readers_language(reader: Client, browser: str, expected: str) -> None:
    answer = reader.get("/", headers={"Accept-Language": browser})
    assert (answer.status_code, answer.url) == (302, f"/{expected}/")
    assert "Accept-Language" in answer["Vary"]


def test_the_language_of_the_address_wins_over_the_browsers(reader: Client) -> None:
    assert '<html lang="it"' in page(reader, "/it/", **{"Accept-Language": "ro"})
    assert reader.get("/fr/").status_code == 404


def test_home_shows_categories_with_their_number_of_articles(reader: Client) -> None:
    make_article("One")
    make_article("Two")
    make_article("Draft", publish=False)
    make_article("Other", section=make_section("Washing", "Care"))
    html = page(reader, "/en/")
    assert re.findall(r'help-shelf-name">(.*?)<', html) == ["Returns", "Care"]
    assert re.findall(r"(\d+ articles?)<", html) == ["2 articles", "1 article"]
    assert "Draft" not in html


def test_an_empty_help_center_says_so(reader: Client) -> None:
    assert "Nothing is published yet." in page(reader, "/en/")


def test_most_read_comes_first(reader: Client) -> None:
    make_article("Seldom")
    often = make_article("Often")
    for _turn in range(2):
        Client().get(f"/en/articles/{often.pk}/", follow=True)
    cache.clear()
    most_read = page(reader, "/en/").split('id="most-read"')[1]
    assert most_read.index("Often") < most_read.index("Seldom")


def test_a_category_lists_its_sections_and_articles(reader: Client) -> None:
    make_article("Sent back")
    make_article("Money back", section=make_section("Refunds"))
    html = page(reader, "/en/categories/returns/")
    assert (
        html.index("Returning") < html.index("Sent back") < html.index("Refunds") < html.index("Money back")
    )
    assert reader.get("/en/categories/nothing/").status_code == 404


def test_an_article_has_crumbs_contents_and_its_address(reader: Client) -> None:
    article = make_article("Return an item", LONG, summary="In short.", it=("Restituire", "Testo."))
    html = page(reader, f"/en/articles/{article.pk}-return-an-item/")
    assert "<h1" in html
    assert 'href="/en/categories/returns/"' in html
    assert html.count('href="#part-2"') == 2  # beside the text, and folded above it on a phone
    assert 'rel="canonical" href="http' in html
    assert f"/en/articles/{article.pk}-return-an-item/" in html
    assert 'hreflang="it" href="http' in html
    assert f"/it/articles/{article.pk}-restituire/" in html
    assert '<meta name="description" content="In short.">' in html
    assert '<meta property="og:title" content="Return an item">' in html


def test_a_short_article_has_no_contents(reader: Client) -> None:
    article = make_article()
    assert "help-contents" not in page(reader, f"/en/articles/{article.pk}-return-an-item/")


@pytest.mark.parametrize("path", ["{pk}/", "{pk}-old-title/", "return-an-item/"])
def test_old_and_short_addresses_lead_to_the_present_one(reader: Client, path: str) -> None:
    article = make_article()
    answer = reader.get("/en/articles/" + path.format(pk=article.pk))
    assert answer.status_code in {301, 302}
    assert answer.url == f"/en/articles/{article.pk}-return-an-item/"


def test_what_is_not_translated_is_shown_with_a_note_and_is_not_canonical(reader: Client) -> None:
    article = make_article()
    html = page(reader, f"/it/articles/{article.pk}-return-an-item/")
    assert '<html lang="it"' in html
    assert '<article class="help-article" lang="en">' in html
    assert "banner--note" in html
    canonical = re.search(r'rel="canonical" href="([^"]+)"', html)[1]
    assert canonical.endswith(f"/en/articles/{article.pk}-return-an-item/")


def test_a_chinese_article_has_a_chinese_address(reader: Client) -> None:
    article = make_article(zh_hans=("如何退货", "在 30 天内寄回。"))
    html = page(reader, f"/zh-hans/articles/{article.pk}-如何退货/")
    assert "banner--note" not in html
    assert 'hreflang="zh-Hans"' in html


def test_drafts_are_for_nobody(reader: Client) -> None:
    article = make_article(publish=False)
    for path in (
        f"/en/articles/{article.pk}/",
        "/en/articles/return-an-item/",
        f"/help/api/articles/{article.pk}",
    ):
        assert reader.get(path).status_code == 404
    assert reader.get("/en/categories/returns/").status_code == 404


def test_a_draft_translation_does_not_hide_the_published_original(reader: Client) -> None:
    article = make_article()
    article.translations.create(language="it", title="Bozza", slug="bozza", updated_at=article.created_at)
    assert "Bozza" not in page(reader, f"/it/articles/{article.pk}-return-an-item/")


def test_links_between_articles_lead_straight_to_the_page(reader: Client) -> None:
    target = make_article("Refunds", it=("Rimborsi", "Testo."))
    article = make_article("Returns", "See [this](article:refunds#when), not [that](article:gone).")
    html = page(reader, f"/en/articles/{article.pk}-returns/")
    assert f'href="/en/articles/{target.pk}-refunds/#when"' in html
    assert 'href="/en/articles/gone/"' in html
    told = reader.get(f"/help/api/articles/{article.pk}?lang=it").json()["html"]
    assert f'href="/it/articles/{target.pk}-rimborsi/#when"' in told


def test_search_results_have_an_address_and_mark_the_words(reader: Client) -> None:
    make_article()
    html = page(reader, "/en/search/?q=return+item")
    assert "Results for “return item”" in html
    assert 'name="robots" content="noindex"' in html
    assert "<mark>" in page(reader, "/en/search/?q=days")
    assert "No article fits these words" in page(reader, "/en/search/?q=zeppelin")


def test_what_was_searched_is_never_html(reader: Client) -> None:
    html = page(reader, '/en/search/?q="><script>alert(1)</script>')
    assert "<script>alert" not in html


def test_the_way_to_the_team_is_on_every_page(reader: Client) -> None:
    assert "help-contact" not in page(reader, "/en/")
    make_inbox("email", address="help@shop.example")
    widget = make_inbox("webchat")
    html = page(reader, "/en/")
    assert 'href="mailto:help@shop.example"' in html
    assert f'data-inbox="{widget.key}"' in html
    Inbox.objects.update(is_active=False)
    assert "help-contact" not in page(reader, "/en/")


def test_pages_hold_no_inline_script_or_style(reader: Client) -> None:
    article = make_article("Return an item", LONG)
    for path in (
        "/en/",
        "/en/categories/returns/",
        f"/en/articles/{article.pk}-return-an-item/",
        "/en/search/?q=item",
    ):
        html = page(reader, path)
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", html), path


def test_pages_take_the_same_few_queries_however_much_there_is(
    reader: Client, django_assert_max_num_queries: object
) -> None:
    Workspace.get()  # made once in the life of a helpdesk
    article = make_article("Parcel one", LONG)
    for number in range(15):
        make_article(
            f"Parcel {number}", "See [one](article:parcel-one).", section=make_section(f"S{number % 4}")
        )
    for path, most in (("/en/", 7), ("/en/categories/returns/", 6), ("/en/search/?q=parcel", 18)):
        cache.clear()
        with django_assert_max_num_queries(most):
            page(Client(), path)
    with django_assert_max_num_queries(20):  # a first reading, with the facts it writes
        page(reader, f"/en/articles/{article.pk}-parcel-one/")
    with django_assert_max_num_queries(12):  # the next ones
        page(reader, f"/en/articles/{article.pk}-parcel-one/")


def test_the_sitemap_lists_published_texts_with_their_translations(reader: Client) -> None:
    article = make_article(it=("Restituire", "Testo."))
    make_article("Draft", publish=False)
    xml = page(reader, "/sitemap.xml")
    assert xml.startswith("<?xml")
    assert xml.count(f"/en/articles/{article.pk}-return-an-item/") == 3  # itself and as alternate of both
    assert 'hreflang="it" href="http' in xml
    assert "draft" not in xml


def test_robots_keep_out_of_the_teams_rooms_and_know_the_sitemap(reader: Client) -> None:
    text = page(reader, "/robots.txt")
    assert "Disallow: /desk/" in text
    assert "Disallow: /it/search/" in text
    assert "/sitemap.xml" in text
