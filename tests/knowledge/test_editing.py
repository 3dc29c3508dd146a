import pytest
from django.test import Client

from knowledge.models import Article, Category, Section
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db
LIST = "/settings/articles/"


def edit(client: Client, article: Article, language: str = "en", **fields: object):
    text = article.translations.filter(language=language).first()
    facts = {
        "title": "Title",
        "summary": "",
        "body": "Body.",
        "section": article.section_id,
        "version": text.version if text else 0,
        "then": "publish",
    }
    return client.post(f"{LIST}{article.pk}/{language}/", facts | fields)


@pytest.mark.parametrize("path", ["", "new/", "categories/", "categories/new/", "1/", "1/en/versions/"])
def test_the_screens_are_for_the_team_only(reader: Client, path: str) -> None:
    answer = reader.get(LIST + path)
    assert answer.status_code == 302
    assert answer.url.startswith("/login/")


def test_an_agent_writes_and_publishes_an_article(writer: Client, reader: Client) -> None:
    section = make_section()
    answer = writer.post(f"{LIST}new/", {"title": "Gift cards", "section": section.pk})
    article = Article.objects.get()
    assert answer.url == f"{LIST}{article.pk}/"
    assert reader.get(f"/en/articles/{article.pk}/").status_code == 404
    assert edit(writer, article, title="Gift cards", body="Valid for **five** years.").status_code == 302
    assert "<strong>five</strong>" in reader.get(f"/en/articles/{article.pk}-gift-cards/").content.decode()
    edit(writer, article, title="Gift cards", then="withdraw")
    assert reader.get(f"/en/articles/{article.pk}/").status_code == 404


def test_a_second_language_is_written_beside_the_first(writer: Client, reader: Client) -> None:
    article = make_article()
    edit(writer, article, "zh-hans", title="如何退货", body="三十天内。")
    assert article.translations.count() == 2
    assert "三十天内" in reader.get(f"/zh-hans/articles/{article.pk}-如何退货/").content.decode()


def test_who_saves_over_a_newer_text_is_told_and_keeps_their_own(writer: Client) -> None:
    article = make_article(body="First.")
    edit(writer, article, body="Theirs.", version=1)
    answer = edit(writer, article, body="Mine.", version=1)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Somebody saved this article" in html
    assert "Mine." in html
    assert article.translations.get().body == "Theirs."


def test_a_text_without_title_is_refused_at_its_field(writer: Client) -> None:
    article = make_article()
    assert 'class="error"' in edit(writer, article, title="").content.decode()
    refused = edit(writer, article, body="").content.decode()
    assert "An article without text can&#x27;t be published." in refused


def test_a_version_is_shown_and_brought_back(writer: Client) -> None:
    article = make_article(body="First words.")
    edit(writer, article, body="Second words.")
    shown = writer.get(f"{LIST}{article.pk}/en/versions/?number=1").content.decode()
    assert "First words." in shown
    first = article.translations.get().versions.get(number=1)
    assert f"{LIST}versions/{first.pk}/restoration/" in shown
    writer.post(f"{LIST}versions/{first.pk}/restoration/")
    assert article.translations.get().body == "First words."


def test_the_preview_shows_what_readers_would_see_and_saves_nothing(writer: Client) -> None:
    html = writer.post(
        f"{LIST}preview/", {"title": "T", "body": "## A\n\n<script>x</script>", "language": "en"}
    )
    assert '<h2 id="a">A</h2>' in html.content.decode()
    assert "<script>" not in html.content.decode()
    assert not Article.objects.exists()


def test_the_list_shows_languages_views_and_votes(writer: Client, reader: Client) -> None:
    article = make_article(it=("Restituire", "Testo."))
    reader.get(f"/en/articles/{article.pk}-return-an-item/")
    reader.post(f"/help/api/articles/{article.pk}/vote", {"helpful": "yes"})
    html = writer.get(LIST).content.decode()
    assert "en ✓" in html
    assert "it ✓" in html
    assert "ro –" in html
    assert '<td class="number">1</td>' in html
    assert "100 %" in html


def test_the_list_takes_the_same_queries_however_many_articles(
    writer: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        make_article(f"Article {number}", section=make_section(f"Section {number % 3}"))
    with django_assert_max_num_queries(9):
        writer.get(LIST)


def test_comments_of_readers_stand_under_the_editor(writer: Client, reader: Client) -> None:
    article = make_article()
    reader.post(f"/help/api/articles/{article.pk}/vote", {"helpful": "no", "comment": "Which <label>?"})
    assert "Which &lt;label&gt;?" in writer.get(f"{LIST}{article.pk}/").content.decode()


def test_a_category_is_made_renamed_and_removed_when_empty(writer: Client) -> None:
    facts = {"name_en": "Care", "name_it": "Cura", "icon": "package", "position": 3, "slug": ""}
    writer.post(f"{LIST}categories/new/", facts)
    category = Category.objects.get()
    assert (category.slug, category.names, category.position) == ("care", {"en": "Care", "it": "Cura"}, 3)
    writer.post(f"{LIST}categories/{category.pk}/sections/", {"name_en": "Washing", "position": 0})
    section = Section.objects.get()
    writer.post(f"{LIST}sections/{section.pk}/", {"name_en": "Washing it", "position": 0})
    section.refresh_from_db()
    assert section.names == {"en": "Washing it"}
    writer.post(f"{LIST}categories/{category.pk}/", {"delete": "1"})
    assert not Category.objects.exists()


def test_a_shelf_with_articles_stays(writer: Client) -> None:
    article = make_article()
    for path in (f"sections/{article.section_id}/", f"categories/{article.section.category_id}/"):
        assert writer.post(LIST + path, {"delete": "1"}).status_code == 409
    assert Section.objects.count() == 1


def test_two_categories_can_not_share_an_address(writer: Client) -> None:
    make_section()
    answer = writer.post(f"{LIST}categories/new/", {"name_en": "Returns", "icon": "package", "position": 1})
    assert answer.status_code == 200
    assert "Another category has this name" in answer.content.decode()


def test_a_draft_is_deleted_and_a_published_article_is_not(writer: Client) -> None:
    draft, published = make_article("Draft", publish=False), make_article("Published")
    writer.post(f"{LIST}{draft.pk}/deletion/")
    assert writer.post(f"{LIST}{published.pk}/deletion/").status_code == 409
    assert list(Article.objects.all()) == [published]
