"""Whether anybody of the team is at the desk."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from helpdesk.people.duty import LIFETIME, note_duty, team_is_there
from tests.factories import make_admin, make_agent, make_department


@pytest.fixture(autouse=True)
def nobody_there():
    cache.clear()


def test_nobody_is_there_until_somebody_gives_a_sign():
    assert not team_is_there(None)
    assert not team_is_there(7)


def test_who_is_there_is_so_for_the_departments_whose_tickets_they_see():
    note_duty([None, 7])
    assert team_is_there(None)
    assert team_is_there(7)
    assert not team_is_there(8)


def test_a_sign_of_life_is_forgotten_by_itself():
    note_duty([7])
    assert 0 < cache._cache.get_client().ttl(cache.make_key("duty:7")) <= LIFETIME


@pytest.mark.django_db
def test_a_desk_without_websockets_gives_its_sign_when_it_asks_for_news(client):
    own, closed = make_department("Billing"), make_department("Board", is_restricted=True)
    client.force_login(make_agent())
    client.get(reverse("desk:changes"), {"after": 0})
    assert team_is_there(None)
    assert team_is_there(own.pk)
    assert not team_is_there(closed.pk)
    client.force_login(make_admin())
    client.get(reverse("desk:changes"), {"after": 0})
    assert team_is_there(closed.pk)
