"""An admin writes a bot: by keyboard, by drag, and faster than the server answers."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_admin
from tests.journeys.conftest import PASSWORD
from tests.routing.bots.chats import ask, make_bot

SHOWN = "textarea:not([hidden])"


@pytest.fixture
def page(site, as_agent):
    bot = make_bot(ask("First?"), ask("Second?"), ask("Third?"))
    return as_agent(make_admin("Ada", password=PASSWORD), f"/settings/bots/{bot.pk}/")


def questions(page):
    return page.locator(f".bot-question {SHOWN}")


def expect_order(page, *texts):
    for number, text in enumerate(texts):
        expect(questions(page).nth(number)).to_have_value(text)
    expect(page.locator(".bot-bubble")).to_have_text([*texts, re.compile("Thank you")])


def test_the_keyboard_stays_with_the_question_that_it_moves(page):
    page.locator("[value='up 2']").focus()
    page.keyboard.press("Enter")
    expect_order(page, "First?", "Third?", "Second?")
    expect(page.locator("[value='up 1']")).to_be_focused()
    page.keyboard.press("Enter")
    expect_order(page, "Third?", "First?", "Second?")
    expect(page.locator("[value='down 0']")).to_be_focused()
    page.get_by_role("button", name="Add a question").press("Enter")
    expect(questions(page).nth(3)).to_be_focused()
    page.locator("#q3-kind").focus()
    page.locator("#q3-kind").select_option("choice")
    expect(page.locator(".bot-option")).to_have_count(2)
    expect(page.locator("#q3-kind")).to_be_focused()
    page.get_by_role("button", name="Add a choice").press("Enter")
    expect(page.locator(".bot-option").nth(2).locator(".input:not([hidden])").first).to_be_focused()
    assert page.problems == []


def test_a_question_is_dragged_to_its_place(page):
    grip, first = page.locator("[data-grip]").nth(2), page.locator(".bot-question").first
    page.set_viewport_size({"width": 1280, "height": 1800})  # all of them in view
    at, to = grip.bounding_box(), first.bounding_box()
    page.mouse.move(at["x"] + 5, at["y"] + 5)
    page.mouse.down()
    page.mouse.move(at["x"] + 5, to["y"] + 5, steps=8)
    page.mouse.up()
    expect_order(page, "Third?", "First?", "Second?")
    expect(page.locator(".bot-question h3").first).to_have_text("Question 1")
    assert page.problems == []


def test_the_page_scrolls_along_with_a_question_that_is_dragged_to_its_edge(page):
    page.set_viewport_size({"width": 1280, "height": 560})
    grip = page.locator("[data-grip]").first
    grip.scroll_into_view_if_needed()
    at = grip.bounding_box()
    page.mouse.move(at["x"] + 5, at["y"] + 5)
    page.mouse.down()
    page.mouse.move(at["x"] + 5, 540, steps=4)
    expect(questions(page).nth(2)).to_have_value("First?")  # held there, without any further move
    page.mouse.up()
    expect_order(page, "Second?", "Third?", "First?")
    assert page.problems == []


def test_what_is_typed_while_the_server_draws_is_not_lost(page):
    asked = []

    def type_first(route):
        if not asked:
            questions(page).first.fill("Which order?")
        asked.append(route)
        route.continue_()

    page.route(page.url, type_first)
    page.get_by_role("button", name="Add a question").click()
    expect(questions(page)).to_have_count(4)
    expect_order(page, "Which order?", "Second?", "Third?")
    assert page.problems == []
