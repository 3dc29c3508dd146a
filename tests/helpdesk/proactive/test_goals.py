"""What a message is for: its visitor comes to a page, or the site tracks an event, in time."""

from datetime import timedelta
from uuid import UUID

import pytest

from helpdesk import clock
from helpdesk.errors import InvalidRule
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.contacts import add_identity, find_or_create_contact
from helpdesk.proactive.figures import figures_of, with_figures
from helpdesk.proactive.goals import note_event, note_page
from helpdesk.proactive.models import ProactiveMessage, ProactiveSending
from helpdesk.proactive.saving import switch_message
from helpdesk.proactive.showing import show_message
from tests.helpdesk.proactive.conftest import visitor_here

pytestmark = pytest.mark.django_db
THANKS = "https://shop.example/thank-you?order=7"


@pytest.fixture
def bought(make_message) -> ProactiveMessage:
    return make_message(goal_kind="page", goal="/thank-you")


def shown(message, here) -> None:
    show_message(message.pk, inbox=message.inbox, here=here, language="en")


def on_page(here, url=THANKS, *, after=timedelta(minutes=5)):
    moment = (clock.now() + after).timestamp()
    return visitor_here(UUID(here.visitor), url=url, page_since=moment)


def reached() -> int:
    return figures_of(with_figures(ProactiveMessage.objects.all()).get()).reached


def test_who_comes_to_the_page_after_it_was_shown_has_reached_the_goal_once(widget, bought):
    here, other = visitor_here(), visitor_here()
    shown(bought, here)
    shown(bought, other)
    assert note_page(widget, on_page(here, "https://shop.example/cart")) == 0
    assert (note_page(widget, on_page(here)), note_page(widget, on_page(here))) == (1, 0)
    assert note_page(widget, on_page(here, after=timedelta(hours=1))) == 0
    [fact] = Event.objects.filter(name=names.GOAL_MET)
    assert fact.data == {"message": bought.pk, "goal": "/thank-you"}
    assert fact.visitor == UUID(here.visitor)
    figures = figures_of(with_figures(ProactiveMessage.objects.all()).get())
    assert (figures.sent, figures.reached, figures.reached_rate) == (2, 1, 50)


def test_who_was_there_already_or_comes_too_late_has_not(widget, bought):
    there, late = visitor_here(), visitor_here()
    shown(bought, there)
    shown(bought, late)
    assert note_page(widget, on_page(there, after=timedelta(minutes=-1))) == 0
    assert note_page(widget, on_page(late, after=timedelta(hours=25))) == 0
    assert reached() == 0


def test_an_event_that_the_site_tracks_may_be_the_goal(widget, make_message):
    message, here = make_message(goal_kind="event", goal="Order placed"), visitor_here()
    visitor = UUID(here.visitor)
    shown(message, here)
    assert (note_event(widget, visitor, "Cart"), note_event(widget, visitor, "order placed")) == (0, 1)
    assert note_event(widget, visitor, "order placed") == 0


def test_it_counts_in_another_browser_of_the_same_person_and_while_the_message_is_paused(widget, bought):
    here, phone = visitor_here(), visitor_here()
    person = find_or_create_contact("visitor", str(UUID(here.visitor)))
    add_identity(person, "visitor", str(UUID(phone.visitor)))
    shown(bought, here)
    switch_message(bought, is_active=False)
    assert note_page(widget, on_page(phone)) == 1
    assert ProactiveSending.objects.get().goal_at


def test_a_page_that_is_nobodys_goal_costs_nothing(widget, bought, django_assert_num_queries):
    here = visitor_here()
    note_page(widget, on_page(here))
    with django_assert_num_queries(0):
        note_page(widget, on_page(here, "https://shop.example/cart"))


@pytest.mark.parametrize(
    "wrong", [{"goal": ""}, {"goal_hours": 0}, {"goal_hours": 9_999}, {"goal_kind": "luck"}]
)
def test_a_goal_that_says_nothing_is_refused(make_message, wrong):
    with pytest.raises(InvalidRule) as refused:
        make_message(**{"goal_kind": "page", "goal": "/thank-you"} | wrong)
    assert "goal" in refused.value.faults
