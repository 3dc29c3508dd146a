import pytest
from django.core.management import call_command

from helpdesk.events.actor import SYSTEM
from knowledge.actions import save_translation
from knowledge.models import SearchTerm
from knowledge.search import search_articles
from knowledge.snippets import cut_snippet
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def titles(query: str, language: str = "en", limit: int = 10) -> list[str]:
    return [hit.title for hit in search_articles(query, language=language, limit=limit)]


@pytest.fixture
def shelf() -> None:
    make_article(
        "Return an item", "Send it back within 30 days. We give your money back by the way you paid."
    )
    make_article(
        "Track your parcel", "The courier's page shows where the box is. It says when it will arrive."
    )
    make_article("Download an invoice", "The PDF waits in your account. You can correct the company name.")
    make_article(
        "Wash a rain jacket", "A membrane needs care. Dry it on low. The money for a wash is well spent."
    )


def test_other_forms_of_a_word_find_it(shelf: None) -> None:
    assert titles("returning items")[0] == "Return an item"


def test_a_question_in_a_whole_sentence_finds_its_article(shelf: None) -> None:
    assert titles("Hello, could you please tell me where my parcels are?")[0] == "Track your parcel"


def test_a_word_of_the_title_weighs_more_than_one_of_the_text(shelf: None) -> None:
    assert set(titles("money")) == {"Return an item", "Wash a rain jacket"}
    make_article("Money back", "How it works.")
    assert titles("money")[0] == "Money back"


def test_a_word_that_is_not_finished_finds_already(shelf: None) -> None:
    assert titles("invo") == ["Download an invoice"]
    assert titles("in")[0] == "Download an invoice"


def test_typing_errors_are_forgiven(shelf: None) -> None:
    assert titles("invocie downlod")[0] == "Download an invoice"
    assert titles("jakcet")[:1] == ["Wash a rain jacket"]


def test_what_nobody_wrote_about_finds_nothing(shelf: None) -> None:
    assert titles("blockchain staking") == []
    assert titles("") == []
    assert titles("   \x00 ") == []
    assert titles("?!") == []


def test_signs_that_mean_something_to_a_database_are_only_signs(shelf: None) -> None:
    for query in ("100%", "a_b", "o'reilly", "& | ! <-> :*", "back\\slash", "()", "😀", "%"):
        assert isinstance(titles(query), list)


def test_accents_can_be_left_out() -> None:
    make_article("Refund", "x", ro=("Când ajunge rambursarea", "Banii pleacă în șapte zile."))
    make_article("Other", "y", ro=("Altceva", "Despre corturi."))
    assert titles("cand ajunge rambursarea", "ro")[0] == "Când ajunge rambursarea"
    assert titles("sapte zile", "ro") == ["Când ajunge rambursarea"]


def test_chinese_is_found_without_spaces() -> None:
    make_article("Refund", "x", zh_hans=("退款何时到账", "收到退货后我们会在三个工作日内退款。"))
    make_article("Invoice", "y", zh_hans=("下载发票", "包裹发出时我们会开具发票。"))
    assert titles("请问发票怎么下载", "zh-hans") == ["下载发票"]
    assert titles("退款", "zh-hans")[0] == "退款何时到账"


def test_what_is_not_translated_follows_in_the_workspaces_language() -> None:
    make_article("Courier", "Where the courier is.", it=("Corriere", "Dov'è il corriere."))
    make_article("Courier strike", "The courier is on strike.")
    hits = search_articles("courier corriere", language="it", limit=10)
    assert [(hit.title, hit.language) for hit in hits] == [("Corriere", "it"), ("Courier strike", "en")]


def test_drafts_are_not_found_and_a_withdrawn_article_leaves_the_index(shelf: None) -> None:
    article = make_article("Secret plan", "The roadmap.", publish=False)
    assert titles("roadmap") == []
    save_translation(
        article, language="en", title="Secret plan", body="The roadmap.", publish=True, by=SYSTEM
    )
    assert titles("roadmap") == ["Secret plan"]
    save_translation(
        article, language="en", title="Secret plan", body="The roadmap.", publish=False, by=SYSTEM
    )
    assert titles("roadmap") == []
    assert not SearchTerm.objects.filter(translation__article=article).exists()


def test_a_save_takes_the_old_words_out_of_the_index() -> None:
    article = make_article("Delivery", "By pigeon.")
    save_translation(article, language="en", title="Delivery", body="By courier.", by=SYSTEM)
    assert titles("pigeon") == []
    assert titles("courier") == ["Delivery"]


def test_a_search_takes_the_same_few_queries_however_many_articles(
    shelf: None, django_assert_num_queries: object
) -> None:
    for number in range(12):
        make_article(f"Parcel {number}", "About a parcel.")
    with django_assert_num_queries(5):
        assert len(titles("parcel")) == 10


def test_the_snippet_shows_the_place_with_the_words_and_marks_them() -> None:
    text = "Nothing here. " * 30 + "The refund arrives after seven days. " + "Nothing there. " * 30
    pieces = cut_snippet(text, "when do refunds arrive")
    assert [piece.text for piece in pieces if piece.is_match] == ["refund", "arrives"]
    assert pieces[0].text == "… "
    assert sum(len(piece.text) for piece in pieces) < 200


def test_the_snippet_marks_no_word_that_only_begins_alike() -> None:
    pieces = cut_snippet("You may refuse the parcel, we refund it.", "refund")
    assert [piece.text for piece in pieces if piece.is_match] == ["refund"]


def test_the_snippet_of_a_chinese_text_marks_pairs() -> None:
    pieces = cut_snippet("收到退货后我们会在三个工作日内退款。", "退款")
    assert [piece.text for piece in pieces if piece.is_match] == ["退款"]


def test_the_index_can_be_made_again(shelf: None) -> None:
    SearchTerm.objects.all().delete()
    assert titles("courier") == []
    call_command("reindex_articles")
    assert titles("courier") == ["Track your parcel"]
