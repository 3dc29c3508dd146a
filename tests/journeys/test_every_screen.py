"""Every screen of the site in every look, found by walking its addresses: a new one cannot be forgotten."""

from collections.abc import Iterator

import pytest
from django.test import Client

from helpdesk.people.models import User
from tests.door_rules import SANDBOXED
from tests.door_things import things_behind_doors
from tests.doors import walk
from tests.factories import make_admin, make_agent
from tests.helpdesk.demo.urls import urlpatterns
from tests.journeys.accessibility import violations_in_every_look
from tests.journeys.conftest import PASSWORD

pytestmark = pytest.mark.long
A_PAGE_OF_ITS_OWN = {"webchat:frame", "webchat:watch"}  # open inside other people's pages only


def test_no_screen_keeps_anybody_out(as_agent):
    boss = make_admin("Ada", password=PASSWORD)
    screens = list(screens_for(boss))
    page = as_agent(boss, "/account/")
    found = []
    for path in screens:
        page.goto(path)
        found += [f"{path} {broken}" for broken in violations_in_every_look(page)]
    assert found == []
    assert len(screens) > 60


def screens_for(boss: User) -> Iterator[str]:
    """The addresses that answer this admin with a whole page."""
    values = things_behind_doors(boss, make_agent("Otto"))
    client = Client(raise_request_exception=False)
    client.force_login(boss)
    for door in walk(urlpatterns):
        if door.name in SANDBOXED | A_PAGE_OF_ITS_OWN:
            continue
        path = door.path(values)
        answer = client.get(path)
        is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
        if is_page and b"<html" in answer.content[:2000]:
            yield path
