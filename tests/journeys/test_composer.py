"""Two agents and one box to write in: who is there, what was begun, and what goes in by a key."""

import re

from playwright.sync_api import expect

from helpdesk.desk.models import Draft
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Message
from tests.factories import make_agent, make_article, make_ticket
from tests.journeys.conftest import PASSWORD
from tests.journeys.holding import held_back


def on_ticket(page, ticket):
    page.goto(f"/desk/tickets/{ticket.pk}/?view=open")
    page.wait_for_selector("html[data-live=live]")
    return page


def kept(page, text):
    """The page knows that the server has it."""
    page.wait_for_function(
        """text => Object.entries(localStorage).some(([key, value]) =>
            key.startsWith("draft:") && JSON.parse(value).reply?.text === text && JSON.parse(value).reply.isSaved)""",
        arg=text,
    )


def test_who_is_there_what_was_begun_and_an_article_by_the_keyboard(as_agent):
    make_article("Where parcels wait", "At the counter in Graz, for ten days.")
    ticket = make_ticket(text="Where is my parcel?", subject="Parcel")
    alice_ray = make_agent("Alice Ray", password=PASSWORD)
    alice, ben = as_agent(alice_ray), as_agent(make_agent("Ben Holt", password=PASSWORD))
    ben.goto("/desk/views/open/")
    ben.wait_for_selector("html[data-live=live]")

    on_ticket(alice, ticket)
    mark = ben.locator(f"#row-{ticket.pk} .row-people .avatar")
    expect(mark).to_have_attribute("title", "Alice Ray is looking at this")
    alice.keyboard.press("r")
    alice.keyboard.type("It is **here**: #parc")
    expect(mark).to_have_attribute("title", "Alice Ray is writing")
    expect(alice.locator("#suggestions [data-article]")).to_contain_text("Where parcels wait")
    alice.keyboard.press("Enter")
    box = alice.locator("#composer-text")
    expect(box).to_have_value(re.compile(r"^It is \*\*here\*\*: Where parcels wait: http"))
    text = box.input_value()
    kept(alice, text)
    expect(mark).to_have_attribute("title", "Alice Ray has begun to write")

    on_ticket(ben, ticket)
    expect(ben.locator("#composer-text")).to_have_value("")
    ben.locator(".draft-of summary").click()
    expect(ben.locator(".draft-of .words strong")).to_have_text("here")

    phone = on_ticket(as_agent(alice_ray), ticket)
    expect(phone.locator("#composer-text")).to_have_value(text)
    expect(phone.locator(".composer-whence")).to_contain_text("Restored from Chrome")
    phone.locator("#composer-text").press("Control+Enter")
    expect(ben.locator(".message--outgoing .words strong")).to_have_text("here")
    expect(ben.locator(".draft-of")).to_have_count(0)
    expect(phone.locator("#composer-text")).to_have_value("")
    alice.reload()
    alice.wait_for_selector("html[data-live=live]")
    expect(alice.locator("#composer-text")).to_have_value("")

    assert not Draft.objects.exists()
    assert Message.objects.get(kind=Message.Kind.OUTGOING).text == text.strip()
    assert Event.objects.filter(name=names.ARTICLE_SUGGESTED, ticket=ticket).count() == 1
    assert alice.problems == ben.problems == phone.problems == []


def test_enter_takes_the_one_that_was_typed_although_the_list_is_of_fewer_letters(as_agent):
    for name in ("Ben Holt", "Zoë Ray"):
        make_agent(name)
    ticket = make_ticket()
    page = on_ticket(as_agent(make_agent("Alice Ray", password=PASSWORD)), ticket)
    box = page.locator("#composer-text")
    page.keyboard.press("n")
    for letters, taken in (("zoe", "@Zoë Ray "), ("holt", "@Ben Holt "), ("bern", "@bern\n")):
        with held_back(page, lambda request: "/colleagues/?q=" in request.url and request.url[-1] != "="):
            page.keyboard.type("@")
            page.locator(".typeahead [aria-selected=true]", has_text="Alice Ray").wait_for()
            page.keyboard.type(letters)
            page.keyboard.press("Enter")
            expect(box).to_have_value(taken)
        box.fill("")
        expect(page.locator(".typeahead")).to_be_hidden()
    assert page.problems == []


def test_a_save_that_was_long_on_its_way_does_not_bring_older_words_back(as_agent):
    ticket = make_ticket()
    page = on_ticket(as_agent(make_agent("Alice Ray", password=PASSWORD)), ticket)
    box = page.locator("#composer-text")
    with page.expect_request("**/draft/") as first:
        box.press_sequentially("Dear")
        kept(page, "Dear")
    for text in ("Dear Carla", ""):
        box.fill(text)
        on_ticket(page, ticket)
        kept(page, text) if text else expect(box).to_have_value("")
        late = first.value
        headers = {"Content-Type": late.headers["content-type"], "Referer": page.url}
        assert page.request.post(late.url, data=late.post_data_buffer, headers=headers).ok
        on_ticket(page, ticket)
        expect(box).to_have_value(text)
    assert not Draft.objects.begun().exists()
