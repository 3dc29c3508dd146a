"""The widget as the sites of customers have it: foreign, strict, without websockets, cut off, without scripts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from playwright.sync_api import expect

from helpdesk.people.duty import note_duty
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent, make_inbox
from tests.journeys.conftest import PHONE
from tests.journeys.hosts import foreign_site
from tests.journeys.outage import bring_back, eventually, kill, listens
from tests.journeys.widget import open_widget, press_launcher, wait_until, widget_of


@pytest.fixture
def inbox(clean_start):
    note_duty([None])  # somebody is at the desk
    return make_inbox("webchat", name="Shop", options={"team": "Fernweh Supply"})


@pytest.fixture
def shop(site, inbox):
    with foreign_site(site.url, inbox.key) as address:
        yield address


def messages_of(frame):
    frame.get_by_role("navigation").get_by_role("button", name="Messages").click()
    return frame.get_by_role("log")


def write(frame, text):
    box = frame.get_by_role("textbox", name="Write a message…")
    box.fill(text)
    box.press("Enter")


def answer(text):
    """In a thread of its own: Playwright's loop runs in this one, and news can't be told from inside a loop."""

    def write_answer():
        try:
            return reply(Ticket.objects.get(), text, by=by(make_agent("Alice Moreau")))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(write_answer).result()


def test_on_a_foreign_site_with_the_strictest_policy_it_asks_for_nothing_before_it_is_wanted(
    visit, site, shop
):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(shop)
    page.wait_for_selector("[data-helpdesk]", state="attached")
    assert [url for url in asked if url.startswith(site.url)] == [f"{site.url}/widget/loader.js"]
    assert len(page.frames) == 1

    frame = open_widget(page)
    thread = messages_of(frame)
    write(frame, "Do the boots run small?")
    expect(thread.locator(".is-waiting")).to_have_count(0)
    assert Ticket.objects.get().attributes["page"] == f"{shop}/"
    answer("Take half a size more.")
    expect(thread).to_contain_text("Take half a size more.")

    frame.get_by_role("textbox", name="Write a message…").press("Escape")
    wait_until(page, "document.activeElement.matches('[data-helpdesk]')")
    assert page.problems == []


def test_the_conversation_and_the_unread_count_go_on_on_the_next_page(visit, shop):
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    write(frame, "Do the boots run small?")
    expect(thread.locator(".is-waiting")).to_have_count(0)
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**/next")
    frame = widget_of(page)  # by itself: there is a conversation to watch
    page.evaluate("() => { window.counts = []; helpdesk('on', 'unread', (count) => counts.push(count)); }")
    message = answer("Take half a size more.")
    wait_until(page, "counts.includes(1)")
    press_launcher(page)
    expect(frame.get_by_role("log")).to_contain_text("Take half a size more.")
    wait_until(page, "counts.at(-1) === 0")
    eventually(lambda: Message.objects.get(pk=message.pk).state == "read")


def test_messages_of_other_windows_are_not_believed(visit, shop):
    page = visit(shop)
    open_widget(page)
    page.evaluate("() => { window.counts = []; helpdesk('on', 'unread', (count) => counts.push(count)); }")
    page.evaluate("() => window.postMessage({ helpdesk: 'unread', count: 9 }, '*')")
    page.evaluate("() => window.postMessage({ helpdesk: 'keep', name: 'token', value: 'stolen' }, '*')")
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    assert page.evaluate("counts") == []
    assert "stolen" not in page.evaluate("JSON.stringify(localStorage)")


def test_without_websockets_the_chat_goes_on_and_says_that_it_is_delayed(visit, shop):
    page = visit()
    page.route_web_socket("**/ws/widget/", lambda socket: socket.close())
    page.goto(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    expect(frame.locator("[data-state=delayed]")).to_be_visible()
    write(frame, "Do the boots run small?")
    expect(thread.locator(".is-waiting")).to_have_count(0)
    answer("Take half a size more.")
    expect(thread).to_contain_text("Take half a size more.")
    assert Message.objects.filter(kind="incoming").count() == 1


def test_a_killed_web_server_loses_nothing_and_doubles_nothing(visit, site, shop):
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    write(frame, "First line.")
    expect(thread.locator(".is-waiting")).to_have_count(0)
    web = site.programs["web"]
    kill(web)
    try:
        expect(frame.locator("[data-state=offline]")).to_be_visible()
        write(frame, "Written into the void.")
        answer("Answered meanwhile.")
        expect(thread.locator(".is-waiting")).to_have_count(1)
    finally:
        bring_back(web, lambda: listens(int(site.url.rpartition(":")[2])))
    expect(thread.locator(".is-waiting")).to_have_count(0, timeout=60_000)
    expect(thread).to_contain_text("Answered meanwhile.", timeout=60_000)
    assert thread.get_by_text("Written into the void.").count() == 1
    assert Message.objects.filter(text="Written into the void.").count() == 1


def test_enter_sends_nothing_while_an_input_method_is_composing(visit, shop):
    frame = open_widget(visit(shop))
    thread = messages_of(frame)
    box = frame.get_by_role("textbox", name="Write a message…")
    box.fill("靴子")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    box.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    assert thread.locator(".message--mine").count() == 0
    box.press("Enter")
    expect(thread.locator(".message--mine:not(.is-waiting)")).to_have_count(1)
    assert Message.objects.get().text == "靴子"


def test_an_address_is_asked_for_once_after_the_first_message(visit, shop):
    frame = open_widget(visit(shop))
    messages_of(frame)
    question = frame.get_by_label("Where can we reach you if you have to leave?")
    expect(question).to_be_hidden()
    write(frame, "Do the boots run small?")
    expect(question).to_be_visible()
    question.fill("carla@customer.example")
    question.press("Enter")
    expect(frame.get_by_text("Thank you. If you leave, the team has your address.")).to_be_visible()
    assert Ticket.objects.get().contact.email == "carla@customer.example"
    write(frame, "Hello?")
    expect(frame.locator(".is-waiting")).to_have_count(0)
    expect(question).to_be_hidden()


def test_a_picture_is_sent_and_shown(visit, shop):
    frame = open_widget(visit(shop))
    thread = messages_of(frame)
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060600000000500"
        "01a5f645400000000049454e44ae426082"
    )
    frame.locator("[data-files]").set_input_files(
        {"name": "sole.png", "mimeType": "image/png", "buffer": pixel}
    )
    write(frame, "Look at the sole.")
    expect(thread.get_by_role("img", name="sole.png")).to_be_visible()
    assert Message.objects.get().attachments.get().content_type == "image/png"


def test_on_a_phone_it_fills_the_screen(visit, shop):
    page = visit(shop, viewport=PHONE, is_mobile=True, has_touch=True)
    frame = open_widget(page)
    expect(frame.get_by_role("heading", name="How can we help?")).to_be_visible()
    assert frame.evaluate("[innerWidth, innerHeight]") == [PHONE["width"], PHONE["height"]]
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_speaks_the_language_of_the_page_it_is_on(visit, site, inbox):
    with foreign_site(site.url, inbox.key, lang="it-CH") as shop:
        frame = open_widget(visit(shop))
        expect(frame.get_by_role("heading", name="Come possiamo aiutarti?")).to_be_visible()


def test_a_site_that_is_not_allowed_gets_no_widget(visit, shop, inbox):
    inbox.options = {"allowed_sites": ["https://shop.example"]}
    inbox.save()
    page = visit(shop)
    page.wait_for_selector("[data-helpdesk]", state="attached")
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        press_launcher(page)
    assert not any(frame.query_selector(".app") for frame in page.frames)


def test_without_scripts_there_is_a_page_to_write_on(visit, site, inbox):
    page = visit(f"/widget/plain/{inbox.key}/", java_script_enabled=False)
    page.get_by_label("Your message").fill("Do the boots run small?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Do the boots run small?")).to_be_visible()
    answer("Take half a size more.")
    page.reload()
    expect(page.get_by_text("Take half a size more.")).to_be_visible()


def test_logging_out_leaves_no_trace_of_the_conversation(visit, shop):
    page = visit(shop)
    frame = open_widget(page)
    messages_of(frame)
    write(frame, "My secret")
    expect(frame.locator(".is-waiting")).to_have_count(0)
    page.evaluate("() => helpdesk('logout')")
    wait_until(page, "Object.keys(localStorage).length === 0")
    page.reload()
    fresh = open_widget(page)
    assert "My secret" not in messages_of(fresh).inner_text()


def test_who_logs_out_and_leaves_at_once_is_logged_out_on_the_next_page(visit, shop):
    page = visit(shop)
    frame = open_widget(page)
    messages_of(frame)
    write(frame, "My secret")
    expect(frame.locator(".is-waiting")).to_have_count(0)
    page.route("**/widget/more/**", lambda route: route.abort())  # the page is gone before it comes
    page.evaluate("() => { helpdesk('logout'); location = '/next' }")
    page.wait_for_url("**/next")
    page.unroute("**/widget/more/**")
    page.reload()
    wait_until(page, "Object.keys(localStorage).length === 0")
    fresh = open_widget(page)
    assert "My secret" not in messages_of(fresh).inner_text()


def test_what_is_written_before_the_server_answers_is_sent_when_it_does(visit, shop):
    page = visit()
    page.route("**/widget/api/**", lambda route: route.abort())
    page.goto(shop)
    page.wait_for_selector("[data-helpdesk]", state="attached")
    with page.expect_event("framenavigated", lambda frame: "/widget/frame/" in frame.url) as navigated:
        press_launcher(page)
    frame = navigated.value
    expect(frame.locator("[data-state=offline]")).to_be_attached()  # its script runs
    thread = messages_of(frame)
    expect(frame.locator("[data-state=offline]")).to_be_visible()
    write(frame, "Is anybody there?")
    expect(thread.locator(".is-waiting")).to_have_count(1)
    page.unroute("**/widget/api/**")
    expect(thread.locator(".is-waiting")).to_have_count(0, timeout=20_000)
    assert thread.get_by_text("Is anybody there?").count() == 1
    assert Message.objects.get().text == "Is anybody there?"
