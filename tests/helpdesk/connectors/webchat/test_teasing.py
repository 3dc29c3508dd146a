"""A message of ours on a page of the shop: given out as rules, asked for once more, then a bubble in the conversation."""

import pytest

from helpdesk import clock
from helpdesk.connectors.webchat.scripts import watch_script
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.presence import end_presence
from helpdesk.proactive.models import ProactiveLimits, ProactiveMessage, ProactiveSending
from helpdesk.proactive.saving import save_message
from tests.factories import make_agent, make_inbox
from tests.helpdesk.connectors.webchat.test_watching import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def stuck(widget) -> ProactiveMessage:
    conditions = [
        {"field": "visit_page", "op": "contains", "value": "/checkout"},
        {"field": "named:plan", "op": "is", "value": "pro-secret"},
    ]
    text = "Is anything in the way? <b>https://shop.example/pay</b>"
    return save_message(
        ProactiveMessage(
            name="Stuck (internal)",
            inbox=widget,
            text=text,
            conditions=conditions,
            sender=make_agent("Dana Ek"),
        )
    )


@pytest.fixture
def page(widget, stuck) -> Page:
    """Somebody for whom the message is meant."""
    page = Page(widget)
    page.ping(who={"user_id": "7", "attributes": {"plan": "pro-secret"}})
    return page


def say(page: Page, what: str, message: object):
    return page.client.post(
        f"/widget/api/proactive/?inbox={page.inbox.key}&lang=en",
        {"message": message, "what": what},
        content_type="application/json",
        headers={"X-Visitor": page.token},
    )


def thread_of(page: Page) -> list[dict]:
    answer = page.client.post(
        f"/widget/api/start/?inbox={page.inbox.key}&lang=en",
        {},
        content_type="application/json",
        headers={"X-Visitor": page.token},
    )
    page.client.cookies.clear()
    return answer.json()["messages"]


def write(page: Page, text: str, number: int) -> None:
    answer = page.client.post(
        f"/widget/api/messages/?inbox={page.inbox.key}&lang=en",
        {"text": text, "uuid": f"{number:032x}"},
        content_type="application/json",
        headers={"X-Visitor": page.token},
    )
    assert answer.status_code == 201


def test_a_page_is_told_what_to_try_and_nothing_that_was_decided_here(page, stuck):
    answer = page.ping()
    rule = {"field": "page", "op": "contains", "value": "/checkout"}
    assert answer.json()["messages"] == [{"message": stuck.pk, "any": False, "if": [rule]}]
    assert answer.json()["site"] >= 0
    for secret in ("pro-secret", "plan", "Stuck", "way"):
        assert secret not in answer.content.decode()
    assert "messages" not in Page(page.inbox).ping().json()  # the attribute is not theirs


def test_shown_answers_with_the_card_and_again_with_the_same(page, stuck):
    card = say(page, "shown", stuck.pk).json()
    assert "Dana Ek" in card["html"] and "Is anything in the way?" in card["said"]
    assert "&lt;b&gt;" in card["html"] and "internal" not in card["html"]
    assert say(page, "shown", stuck.pk).json() == card
    assert ProactiveSending.objects.count() == 1
    assert Event.objects.filter(name=names.PROACTIVE_SENT).count() == 1


def test_opened_stands_as_the_first_bubble_before_what_they_write(page, stuck):
    say(page, "shown", stuck.pk)
    assert thread_of(page) == []  # a card is no conversation yet
    bubble = say(page, "opened", stuck.pk).json()["bubble"]
    assert '<a href="https://shop.example/pay"' in bubble["html"] and "<b>" not in bubble["html"]
    assert [one["html"] for one in thread_of(page)] == [bubble["html"]]
    write(page, "The card is refused", 1)
    write(page, "What now?", 2)
    thread = thread_of(page)
    assert ["way?" in one["html"] for one in thread] == [True, False, False]
    assert [one["id"] for one in thread] == sorted(one["id"] for one in thread)
    assert f'data-message="{thread[0]["id"]}"' in thread[0]["html"]


def test_two_of_them_without_a_word_between_stand_one_after_the_other(page, stuck):
    ProactiveLimits(pk=ProactiveLimits.ONLY, a_day=2).save()
    second = save_message(ProactiveMessage(name="Second", inbox=page.inbox, text="Still there?"))
    bubbles = []
    for message in (stuck, second):
        say(page, "shown", message.pk)
        bubbles.append(say(page, "opened", message.pk).json()["bubble"])
    assert [one["id"] for one in bubbles] == [0.001, 0.002]
    assert [one["html"] for one in thread_of(page)] == [one["html"] for one in bubbles]


def test_it_stands_on_the_page_of_the_thread_where_it_belongs(page, stuck):
    write(page, "I am only looking", 100)
    say(page, "shown", stuck.pk)
    assert say(page, "opened", stuck.pk).status_code == 404  # who is in a conversation gets no card
    here = Page(page.inbox)
    here.ping(who={"attributes": {"plan": "pro-secret"}})
    say(here, "shown", stuck.pk)
    say(here, "opened", stuck.pk)
    for number in range(45):
        write(here, f"Line {number}", number + 1)
    newest = thread_of(here)
    assert not any("way?" in one["html"] for one in newest)
    earlier = here.client.get(
        f"/widget/api/earlier/?inbox={here.inbox.key}&lang=en&before={newest[0]['id']}",
        headers={"X-Visitor": here.token},
    ).json()
    assert ["way?" in one["html"] for one in earlier["messages"]] == [True] + [False] * 5


def test_what_is_not_for_this_visitor_is_refused(page, stuck, widget):
    assert say(Page(widget), "shown", stuck.pk).status_code == 403  # without a token
    other = Page(widget)
    other.ping()
    assert say(other, "shown", stuck.pk).status_code == 409
    foreign = Page(make_inbox("webchat"))
    foreign.ping(who={"attributes": {"plan": "pro-secret"}})
    assert say(foreign, "shown", stuck.pk).status_code == 409
    end_presence(page.visitor)
    assert say(page, "shown", stuck.pk).status_code == 409  # nobody is there to see it
    assert not ProactiveSending.objects.exists()


@pytest.mark.parametrize(("what", "message"), [("bought", 1), ("", 1), ("shown", "x"), ("shown", -1)])
def test_what_means_nothing_is_refused(page, what, message):
    assert say(page, what, message).status_code == 400


def test_dismissed_and_clicked_are_kept(page, stuck, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        say(page, "shown", stuck.pk)
        assert say(page, "dismissed", stuck.pk).json() == {}
        say(page, "clicked", stuck.pk)
    sending = ProactiveSending.objects.get()
    assert sending.dismissed_at and sending.clicked_at and sending.opened_at
    assert "messages" not in page.ping().json()


def test_a_flood_is_slowed(page, stuck, settings):
    settings.RATELIMIT_ENABLE = True
    with clock.frozen_at(clock.now()):
        assert 429 in {say(page, "dismissed", stuck.pk).status_code for _ in range(62)}


def test_the_hidden_page_has_the_card_s_script(client, widget):
    assert "class Teaser" in watch_script()
    page = client.get(f"/widget/watch/{widget.key}/").content.decode()
    assert "proactive/card.css" in page and "<style" not in page


def test_one_address_makes_no_flood_of_rows_by_coming_as_ever_new_visitors(widget, settings):
    settings.RATELIMIT_ENABLE = True
    live = save_message(ProactiveMessage(name="Hello", inbox=widget, text="May we help?", conditions=[]))
    with clock.frozen_at(clock.now().replace(second=0)):
        answers = []
        for _ in range(125):
            visitor = Page(widget)
            visitor.ping()
            answers.append(say(visitor, "shown", live.pk).status_code)
    assert answers == [200] * 120 + [429] * 5


def test_a_page_and_a_tracked_event_reach_goals(page, stuck):
    stuck.goal_kind, stuck.goal = "page", "/thank-you"
    save_message(stuck)
    bought = save_message(
        ProactiveMessage(name="Second", inbox=page.inbox, text="?", goal_kind="event", goal="Paid")
    )
    ProactiveLimits.objects.create(pk=1, a_day=2)
    for message in (stuck, bought):
        assert say(page, "shown", message.pk).status_code == 200
    page.ping(url="https://shop.example/thank-you")
    page.client.post(
        f"/widget/api/track/?inbox={page.inbox.key}",
        {"event": "Paid"},
        content_type="application/json",
        headers={"X-Visitor": page.token},
    )
    goals = Event.objects.filter(name=names.GOAL_MET).values_list("data__message", flat=True)
    assert set(goals) == {stuck.pk, bought.pk}
