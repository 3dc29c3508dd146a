"""A customer looks for an answer and says whether it helped; an agent writes the missing article."""

from playwright.sync_api import Page, expect

from helpdesk.events.models import Event
from knowledge.models import Article, ArticleVote
from tests.factories import make_article, make_inbox, make_section
from tests.journeys.conftest import PHONE
from tests.journeys.widget import widget_of

PARTS = "\n\n".join(f"## Part {number}\n\nText {number}." for number in range(4))


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def test_a_reader_searches_reads_and_says_that_it_did_not_help(visit):
    article = make_article(
        "Return an item", PARTS, summary="Within 30 days.", it=("Restituire un articolo", "Testo.")
    )
    make_article("Track your parcel", "See the courier's page.")
    page = visit("/")
    expect(page.get_by_role("heading", name="How can we help?")).to_be_visible()

    page.get_by_role("searchbox").fill("retur")
    found = page.get_by_role("list", name="Articles found").get_by_role("link")
    expect(found).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(found.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Return an item", level=1)).to_be_visible()
    assert Event.objects.filter(name="article.viewed", data__article=article.pk).count() == 1

    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Thank you.")
    page.get_by_label("What was missing? (optional)").fill("Which box?")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("What was missing? (optional)")).to_be_hidden()
    assert list(ArticleVote.objects.values_list("helpful", "comment")) == [(False, "Which box?")]

    page.get_by_role("link", name="Italiano").click()
    expect(page.get_by_role("heading", name="Restituire un articolo", level=1)).to_be_visible()
    assert Event.objects.filter(name="article.viewed").count() == 1, "the same article, the same person"
    assert page.problems == []


def test_the_pages_fit_a_phone_and_lead_to_the_chat(visit):
    make_inbox("webchat")
    article = make_article(
        "Return an item", PARTS + "\n\n| a | b |\n| --- | --- |\n| " + "long " * 30 + "| c |"
    )
    page = visit("/en/", viewport=PHONE)
    for path in ("/en/", "/en/categories/returns/", f"/en/articles/{article.pk}/", "/en/search/?q=return"):
        page.goto(path)
        assert overflow(page) <= 0, path
    page.get_by_role("button", name="Chat with us").click()
    expect(widget_of(page).get_by_role("link", name="Return an item")).to_be_visible()


def test_an_agent_writes_previews_and_publishes(as_agent, visit):
    make_section()
    desk = as_agent(path="/settings/articles/")
    desk.get_by_role("link", name="New article").click()
    desk.get_by_label("Title").fill("Gift cards")
    desk.get_by_role("button", name="Start writing").click()
    desk.get_by_label("Text", exact=True).fill("They are valid for **five** years.")
    expect(desk.locator("#preview strong")).to_have_text("five")
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("Saved and published.")).to_be_visible()

    article = Article.objects.get()
    page = visit(f"/en/articles/{article.pk}/")
    expect(page.get_by_text("They are valid for five years.")).to_be_visible()
    assert desk.problems == page.problems == []
