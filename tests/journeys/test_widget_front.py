"""The customer's whole story on a foreign site: asked before the chat, nobody there, waiting, faces, pictures, a rating."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from playwright.sync_api import expect

from helpdesk import clock
from helpdesk.people.duty import note_duty
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.writing import reply
from routing.models import BusinessHours
from tests.factories import by, make_agent, make_department, make_inbox
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD, PHONE
from tests.journeys.hosts import foreign_site
from tests.journeys.widget import open_widget

FORM = [
    {"key": "name", "label": "Your name", "kind": "text", "is_required": True},
    {"key": "mail", "label": "Your email", "kind": "email", "is_required": True},
    {"key": "order", "label": "Order number", "kind": "text"},
    {"key": "about", "label": "What is it about?", "kind": "select", "choices": ["Sizes", "Returns"]},
]
PASTE = """(box, kinds) => {
    const bytes = Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), (c) => c.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
    if (kinds.includes("text")) clipboardData.setData("text/plain", "A1\\tB1");
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def inbox(clean_start):
    return make_inbox("webchat", name="Shop", options={"team": "Fernweh Supply"})


@pytest.fixture
def shop(site, inbox):
    with foreign_site(site.url, inbox.key) as address:
        yield address


def messages_of(frame):
    frame.get_by_role("navigation").get_by_role("button", name="Messages").click()
    return frame.get_by_role("log")


def box_of(frame):
    return frame.get_by_role("textbox", name="Write a message…")


def write(frame, text):
    box_of(frame).fill(text)
    box_of(frame).press("Enter")


def apart(function):
    """In a thread of its own: Playwright's loop runs in this one, and news can't be told from inside a loop."""

    def run():
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def answer(text, agent=None):
    ticket = Ticket.objects.get()
    return apart(lambda: reply(ticket, text, by=by(agent or make_agent("Alice Moreau"))))


def test_asked_before_the_chat_answered_rated_and_not_asked_again(visit, as_agent, shop, inbox):
    inbox.options |= {"asks_before": "first", "form": FORM}
    inbox.save()
    agent = make_agent("Alice Moreau", password=PASSWORD)
    desk = as_agent(agent, "/desk/views/unassigned/")
    expect(desk.locator("html")).to_have_attribute("data-live", "live")  # somebody is there
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    expect(thread.get_by_role("heading", name="First a few questions")).to_be_visible()

    write(frame, "Do the boots run small?")  # before the questions: nothing is sent, and nothing lost
    expect(thread.get_by_text("Please fill this in.")).to_have_count(2)
    expect(thread.get_by_label("Your name")).to_be_focused()
    expect(box_of(frame)).to_have_value("Do the boots run small?")
    page.keyboard.type("Carla")
    page.keyboard.press("Tab")
    page.keyboard.type("carla@customer.example")
    thread.get_by_label("Order number").fill("FW-7")
    thread.get_by_label("What is it about?").select_option("Sizes")
    thread.get_by_role("button", name="Next").click()
    expect(thread.get_by_role("heading", name="First a few questions")).to_be_hidden()
    expect(box_of(frame)).to_be_focused()
    page.keyboard.press("Enter")
    expect(thread.locator(".message--mine:not(.is-waiting)")).to_contain_text("Do the boots run small?")
    expect(thread.get_by_text("You are next.")).to_be_visible()

    ticket = Ticket.objects.select_related("contact").get()
    assert (ticket.contact.name, ticket.contact.email) == ("Carla", "carla@customer.example")
    desk.locator("a.row", has_text="Do the boots run small?").first.click()
    expect(desk.get_by_text("Order number")).to_be_visible()
    expect(desk.get_by_text("FW-7")).to_be_visible()
    expect(thread.locator(".message--mine .read")).to_contain_text("Read")

    desk.locator("#composer-text").fill("Take half a size more: https://shop.example/sizes")
    desk.locator("#send").click()
    expect(thread.get_by_role("link", name="https://shop.example/sizes")).to_be_visible()
    expect(thread.get_by_text("You are next.")).to_be_hidden()
    thumbs = thread.get_by_role("group", name="Does this help?")
    thumbs.get_by_role("button", name="Yes").press("Enter")
    expect(thumbs.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    assert Survey.objects.get().score == 4

    page.reload()
    frame = open_widget(page)
    expect(frame.get_by_role("log")).to_contain_text("Do the boots run small?")
    expect(frame.get_by_role("heading", name="First a few questions")).to_have_count(0)
    assert [said for said in page.problems if "422 (" not in said] == []  # the refused answers


def test_nobody_is_there_and_the_answer_finds_its_way(visit, shop):
    opens = clock.now() + timedelta(days=2)
    weekly = [[opens.weekday(), "09:00", "18:00"]]
    BusinessHours.objects.create(name="Shop", time_zone="UTC", weekly=weekly, is_default=True)
    page = visit(shop, timezone_id="Asia/Tokyo")
    frame = open_widget(page)
    thread = messages_of(frame)
    expect(thread.get_by_text("Nobody is here right now.")).to_be_visible()
    expect(thread.locator("[data-back]")).to_have_text(f"{opens:%A} 18:00")  # 09:00 UTC where the visitor is
    write(frame, "Do the boots run small?")
    address = thread.get_by_label("To which address shall we send our answer?")
    address.fill("nowhere")
    address.press("Enter")
    address.fill("carla@customer.example")
    address.press("Enter")
    expect(thread.get_by_text("Thank you. If you leave, the team has your address.")).to_be_visible()
    assert Ticket.objects.get().contact.email == "carla@customer.example"
    answer("Take half a size more.")
    expect(thread).to_contain_text("Take half a size more.")
    expect(thread.get_by_text("Nobody is here right now.")).to_be_hidden()


def test_who_waits_sees_the_place_move_and_may_choose_to_be_called(visit, shop, inbox):
    note_duty([None])
    first = visit(shop)
    first_frame = open_widget(first)
    messages_of(first_frame)
    write(first_frame, "I was first.")
    expect(first_frame.get_by_text("You are next.")).to_be_visible()
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    write(frame, "I am second.")
    expect(thread.get_by_text("You are number 2 in the queue.")).to_be_visible()

    ahead = Ticket.objects.get(subject="I was first.")
    apart(lambda: reply(ahead, "Hi", by=by(make_agent())))
    Ticket.objects.filter(subject="I am second.").update(queued_at=clock.now() - timedelta(minutes=4))
    expect(thread.get_by_text("You are next.")).to_be_visible(timeout=30_000)
    thread.get_by_text("Call me back").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(thread.get_by_text("This is no phone number: 12")).to_be_visible()
    thread.get_by_label("Your phone number").fill("+39 02 1234567")
    page.keyboard.press("Enter")
    expect(thread.get_by_text("We call you back.")).to_be_visible()
    ticket = Ticket.objects.select_related("contact").get(subject="I am second.")
    assert (ticket.contact.phone, ticket.tags) == ("+39 02 1234567", ["call-back"])


def test_a_face_by_keyboard_and_a_picture_by_paste(visit, shop):
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    box_of(frame).fill("ab")
    page.keyboard.press("ArrowLeft")
    faces = frame.get_by_role("button", name="Emoji")
    faces.press("Enter")
    expect(frame.get_by_role("group", name="Emoji").get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")  # closes the faces, not the widget
    expect(frame.get_by_role("group", name="Emoji")).to_be_hidden()
    expect(box_of(frame)).to_be_focused()
    faces.press("Enter")
    expect(frame.get_by_role("group", name="Emoji").get_by_role("button").first).to_be_focused()
    for key in ("ArrowRight", "End", "Home", "ArrowDown", "ArrowUp", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(box_of(frame)).to_have_value("a😄b")
    expect(box_of(frame)).to_be_focused()

    box_of(frame).evaluate(PASTE, ["text"])  # a spreadsheet's cells come with a picture of themselves
    assert frame.locator("[data-chosen] li").count() == 0
    box_of(frame).evaluate(PASTE, [])
    expect(frame.locator("[data-chosen] li")).to_contain_text("image.png")
    page.keyboard.press("Enter")
    expect(thread.get_by_role("img", name="image.png")).to_be_visible()
    assert Message.objects.get().text == "a😄b"
    assert page.problems == []


def test_enter_sends_nothing_while_an_input_method_really_composes(visit, shop):
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    box_of(frame).focus()
    target = page.context.new_cdp_session(frame)  # the frame is of another site: a process of its own
    target.send("Input.imeSetComposition", {"text": "xuezi", "selectionStart": 5, "selectionEnd": 5})
    expect(box_of(frame)).to_have_value("xuezi")
    pressed = {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229, "code": "Enter"}
    target.send("Input.dispatchKeyEvent", pressed)
    target.send("Input.dispatchKeyEvent", pressed | {"key": "Enter"})
    assert thread.locator(".message--mine").count() == 0
    target.send("Input.insertText", {"text": "靴子"})
    expect(box_of(frame)).to_have_value("靴子")
    assert thread.locator(".message--mine").count() == 0
    page.keyboard.press("Enter")
    expect(thread.locator(".message--mine:not(.is-waiting)")).to_contain_text("靴子")
    assert Message.objects.get().text == "靴子"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_axe_finds_nothing_in_any_state_of_the_chat(visit, inbox, scheme, direction):
    inbox.options |= {"asks_before": "first", "form": FORM}
    inbox.save()
    page = visit(f"/widget/frame/{inbox.key}/", color_scheme=scheme, viewport=PHONE)
    page.wait_for_selector("body[data-ready]")
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    thread = messages_of(page)
    thread.get_by_role("button", name="Next").click()  # the questions, each with what is wrong
    expect(thread.get_by_text("Please fill this in.")).to_have_count(2)
    page.get_by_role("button", name="Emoji").click()
    expect(page.get_by_role("group", name="Emoji")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    thread.get_by_label("Your name").fill("Carla")
    thread.get_by_label("Your email").fill("carla@customer.example")
    thread.get_by_role("button", name="Next").click()
    note_duty([None])
    write(page, "Do the boots run small?")
    expect(thread.get_by_text("You are next.")).to_be_visible()
    Ticket.objects.update(queued_at=clock.now() - timedelta(minutes=4))
    page.reload()
    page.wait_for_selector("body[data-ready]")
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    thread.get_by_text("Call me back").click()
    expect(thread.get_by_label("Your phone number")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    answer("Take half a size more.")
    expect(thread.get_by_role("group", name="Does this help?")).to_be_visible()
    assert violations(page) == []


def test_without_scripts_the_questions_are_a_part_of_the_page(visit, inbox):
    inbox.options |= {"asks_before": "first", "form": FORM}
    inbox.department = make_department("Support")
    inbox.save()
    page = visit(f"/widget/plain/{inbox.key}/", java_script_enabled=False)
    expect(page.get_by_text("Nobody is here right now.")).to_be_visible()
    page.get_by_label("Your name").fill("Carla")
    page.get_by_label("Your email").fill("carla@customer.example")
    page.get_by_label("Your message").fill("Do the boots run small?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Do the boots run small?")).to_be_visible()
    expect(page.get_by_text("carla@customer.example")).to_be_visible()
    answer("Take half a size more.")
    page.reload()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
