"""Admin screens are for admins: agents are refused, anonymous people are asked to log in."""

import pytest
from django.urls import get_resolver, reverse

from tests.factories import make_admin, make_agent, make_inbox

pytestmark = pytest.mark.django_db

SHORTCUTS = {"shortcuts", "new_shortcut", "shortcut", "delete_shortcut", "restore_shortcut", "copy_shortcut"}
SHORTCUTS |= {"preview_shortcut", "export_shortcuts", "import_shortcuts"}  # everybody writes their own
OPEN_TO_AGENTS = {"home", "ratings"} | SHORTCUTS
OPEN_TO_ALL = {"welcome"}


def screens() -> list[str]:
    """Every path of the settings that these two packages own, with 1 for each number."""
    found = []
    for namespace in ("workspace", "routing"):
        patterns = get_resolver().namespace_dict[namespace][1].url_patterns
        for pattern in patterns:
            if pattern.name in OPEN_TO_AGENTS | OPEN_TO_ALL:
                continue
            named = {name: "email" if name == "kind" else 1 for name in pattern.pattern.converters}
            found.append(reverse(f"{namespace}:{pattern.name}", kwargs=named))
    return found


def test_there_are_screens_to_guard():
    assert len(screens()) > 25


def test_agents_are_refused_everywhere(client):
    client.force_login(make_agent())
    for method in (client.get, client.post):
        assert {path: method(path).status_code for path in screens()} == dict.fromkeys(screens(), 403)


def test_anonymous_people_are_asked_to_log_in(client):
    for path in screens():
        answer = client.get(path)
        assert (answer.status_code, answer.url) == (302, f"/login/?next={path}")


def test_agents_see_only_what_they_may_set(client):
    client.force_login(make_agent())
    page = client.get("/settings/").content.decode()
    assert "/account/" in page
    assert "/settings/articles/" in page
    assert "/settings/triggers/" not in page


def test_admins_find_every_screen_from_the_page_of_all(client):
    client.force_login(make_admin())
    make_inbox()
    page = client.get("/settings/").content.decode()
    for path in ("agents", "departments", "hours", "inboxes", "incoming", "triggers", "shortcuts", "general"):
        assert f'href="/settings/{path}/"' in page
        assert client.get(f"/settings/{path}/").status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "Come lavora questo helpdesk"),
        ("ro", "Cum lucrează acest helpdesk"),
        ("zh-hans", "这个系统如何工作"),
    ],
)
def test_each_admin_reads_the_screens_in_their_own_language(client, language, words):
    client.force_login(make_admin(language=language))
    assert words in client.get("/settings/").content.decode()
    assert client.get("/settings/triggers/new/").status_code == 200
