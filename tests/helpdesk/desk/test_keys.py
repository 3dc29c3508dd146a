"""The one table of what the desk does by a press, and each agent's own keys for it."""

import re

import pytest
from django.urls import reverse

from helpdesk.desk.keys import ACTIONS, BY_NAME, can_change, choose_keys, key_of
from helpdesk.errors import Invalid
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def test_every_action_has_a_key_and_no_two_have_the_same():
    everything = [action for actions in ACTIONS.values() for action in actions]
    assert len(BY_NAME) == len(everything)
    assert all(action.key or action.always for action in everything)
    own = [action.key for action in everything if action.key]
    assert len(own) == len(set(own))


def test_our_own_keys_are_ones_that_may_be_chosen(agent):
    choose_keys(agent, {name: action.key for name, action in BY_NAME.items() if can_change(action)})
    assert agent.keys == {}


def test_a_key_of_ones_own_stands_in_the_sheet_and_beside_the_button(desk, agent):
    ticket = make_ticket()
    assert (
        desk.post(reverse("desk:keys"), {"close": "w", "go_mine": "", "pick_range": "g x"}).status_code == 302
    )
    agent.refresh_from_db()
    assert agent.keys == {"close": "w", "go_mine": "", "pick_range": "g x"}
    page = desk.get(reverse("desk:ticket", args=[ticket.pk])).content.decode()
    assert 'data-action="close" data-key="w"' in page and 'title="Close (w)"' in page
    assert re.search(r'data-action="go_mine" data-click', page), (
        "an action without a key is in the palette still"
    )


@pytest.mark.parametrize(
    ("wanted", "field", "words"),
    [
        ({"close": "r"}, "close", "“r” is taken already: Reply."),
        ({"reply": "e"}, "reply", "“e” is taken already: Close or reopen."),
        ({"close": "g"}, "close", "“g” and “g i” (Go to all open) begin alike: only one can work."),
        ({"close": "ee"}, "close", "“ee” is no key: write one letter or sign, or two with a space between."),
        ({"close": "é"}, "close", "“é” is no key"),
    ],
)
def test_what_can_not_work_is_refused_with_words_and_kept_in_the_field(desk, agent, wanted, field, words):
    answer = desk.post(reverse("desk:keys"), wanted)
    page = answer.content.decode()
    assert answer.status_code == 422 and words.split("(")[0] in page
    assert re.search(rf'name="{field}" value="{wanted[field]}"[^>]*aria-invalid', page)
    agent.refresh_from_db()
    assert agent.keys == {}


def test_two_may_change_places(agent):
    choose_keys(agent, {"close": "r", "reply": "e"})
    assert (key_of(agent, "close"), key_of(agent, "reply")) == ("r", "e")
    with pytest.raises(Invalid):
        choose_keys(agent, {"close": "r"})


def test_all_are_put_back_as_they_came(desk, agent):
    choose_keys(agent, {"close": "w"})
    desk.post(reverse("desk:keys"), {"reset": "yes", "close": "w"})
    agent.refresh_from_db()
    assert agent.keys == {}


def test_single_letters_are_switched_off_on_the_account(desk, agent):
    desk.post(reverse("desk:letters"), {})
    agent.refresh_from_db()
    assert not agent.uses_letters
    assert 'name="uses_letters" hx-post' in desk.get(reverse("desk:home")).content.decode()
    desk.post(reverse("desk:letters"), {"uses_letters": "on"})
    assert 'name="uses_letters" checked' in desk.get(reverse("desk:home")).content.decode()
