"""Who may come in by which door: held for every URL of the site, so that a new one cannot be forgotten."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk.people.middleware import is_staff_page
from helpdesk.people.models import User, Workspace
from tests.door_rules import ANYWHERE, OPEN_TO_AGENTS, PUBLIC, SANDBOXED, WITHOUT_CSRF_TOKEN, WRITES_WHEN_READ
from tests.door_things import things_behind_doors
from tests.doors import Door, walk
from tests.factories import make_admin, make_agent
from tests.helpdesk.demo.urls import urlpatterns

# With the demo's pages: they are doors too.
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.helpdesk.demo.urls")]

DOORS = {door.name: door for door in walk(urlpatterns)}

CHANGING = re.compile(
    r"logout|^choose_theme|^change_password|^desk:(write|change|run|look|retry|undo|reread)$"
    r"|:(activity|invitation|replay|restore|vote|start|seen|details|rating$|hook|trigger_place|delete|allow_answers|retry_delivery|hurry_deliveries|read_all|trust|new_secret|dkim_key|use_dkim_key|remove_dkim_key|compare_folder)"
    r"|^funnel:(revoke|schedule|pause|try_mail)$|^routing:(survey_place|survey_activity|test_webhook|repeat_call)$"
)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def outsider() -> User:
    """An agent who is no member of the restricted department."""
    return make_agent("Otto")


@pytest.fixture
def boss() -> User:
    return make_admin("Ada")


@pytest.fixture
def values(boss, outsider) -> dict[str, dict[str, object]]:
    return things_behind_doors(boss, outsider)


@pytest.fixture
def as_admin(boss) -> Client:
    client = Client()
    client.force_login(boss)
    return client


@pytest.fixture
def as_outsider(outsider) -> Client:
    client = Client()
    client.force_login(outsider)
    return client


def is_api(door: Door) -> bool:
    return door.route.startswith("api/v1/") or door.route.startswith("api/^v1/")


def is_for_admins(door: Door) -> bool:
    is_setting = door.route.startswith("settings/") and not door.route.startswith("settings/articles/")
    return is_setting and door.name not in OPEN_TO_AGENTS and door.name not in PUBLIC


def test_every_door_has_a_name_of_its_own():
    assert len(DOORS) == len(list(walk(urlpatterns)))
    assert len(DOORS) > 90


def test_every_door_for_the_team_speaks_the_language_of_whoever_opens_it():
    closed = DOORS.keys() - PUBLIC.keys() - {"admin_login"}  # that one sends on to the login
    for_team = [DOORS[name] for name in closed if not is_api(DOORS[name])]
    assert [door.route for door in for_team if not is_staff_page(f"/{door.route}")] == []


def test_the_list_of_public_doors_names_only_doors_that_exist():
    assert set(PUBLIC) <= set(DOORS)
    assert set(DOORS) >= WITHOUT_CSRF_TOKEN | OPEN_TO_AGENTS | SANDBOXED | set(WRITES_WHEN_READ)


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_anonymous_visitor_is_sent_to_login_from_everywhere_that_is_not_public(client, values, method):
    doors = [door for name, door in DOORS.items() if name not in PUBLIC and not is_api(door)]
    for door in doors:
        answer = getattr(client, method)(door.path(values))
        if method == "post" and answer.status_code == 405:  # it takes no POST from anybody
            continue
        assert (door.name, answer.status_code) == (door.name, 302)
        assert answer["Location"] == f"/login/?next={door.path(values)}"
    for start in ("desk/", "settings/", "funnel/", "account/"):
        assert [door for door in doors if door.route.startswith(start)]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_agent_is_refused_at_every_door_for_admins(as_outsider, values, method):
    doors = [door for door in DOORS.values() if is_for_admins(door)]
    given = {door.name: getattr(as_outsider, method)(door.path(values)).status_code for door in doors}
    assert given == dict.fromkeys(given, 403)
    assert len(given) > 25


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_ticket_of_a_closed_department_is_not_there_for_others(as_outsider, values, method):
    starts = ("desk/tickets/<", "desk/messages/<")
    doors = [door for door in DOORS.values() if door.route.startswith(starts)]
    given = {door.name: getattr(as_outsider, method)(door.path(values)).status_code for door in doors}
    assert set(given.values()) <= {404, 405}
    assert list(given.values()).count(404) >= 3


def test_django_s_own_admin_is_for_superusers_and_has_no_login_of_its_own(
    client, as_outsider, as_admin, boss
):
    index = reverse("admin:index")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert client.get(reverse(name)).status_code == 302
        assert as_outsider.get(reverse(name)).status_code == 302
    arrived = client.get(index, follow=True)
    assert arrived.redirect_chain[-1][0].startswith("/login/")
    for other in (as_outsider, as_admin):  # an admin of ours is not a superuser
        assert other.get(index, follow=True).status_code == 403
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    assert as_admin.get(index).status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_the_api_answers_nobody_without_a_token(client, as_admin, values, method):
    doors = [door for door in DOORS.values() if is_api(door)]
    assert len(doors) > 10
    for door in doors:
        for who in (client, as_admin):  # a browser's session opens nothing here
            answer = getattr(who, method)(door.path(values))
            assert (door.name, answer.status_code) == (door.name, 401)
            assert answer["Content-Type"] == "application/problem+json"
            assert answer["WWW-Authenticate"].startswith("Bearer")
            assert answer.json()["status"] == 401


def test_only_doors_without_any_right_by_cookie_take_posts_without_a_csrf_token():
    exempt = {name for name, door in DOORS.items() if getattr(door.view, "csrf_exempt", False)}
    assert {name for name in exempt if not is_api(DOORS[name])} - {"api:schema"} == WITHOUT_CSRF_TOKEN


def test_no_page_lets_foreign_scripts_or_styles_run(client, as_outsider, as_admin, values):
    seen = set()
    for who in (client, as_outsider, as_admin):
        for door in DOORS.values():
            answer = who.get(door.path(values))
            if answer.headers.get("Content-Type", "").startswith("text/html") or door.name in SANDBOXED:
                check_policy(door.name, answer.headers.get("Content-Security-Policy", ""), answer.status_code)
                seen.add(door.name)
    check_policy("404", client.get("/nothing/here/").headers["Content-Security-Policy"], 404)
    assert len(seen) > 60


def check_policy(name: str, policy: str, status: int) -> None:
    assert "unsafe-eval" not in policy, name
    if name in SANDBOXED and status == 200:
        assert "sandbox" in policy and "allow-scripts" not in policy and "allow-same-origin" not in policy
        assert "default-src 'none'" in policy, name
        return
    assert "unsafe-inline" not in policy, name
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if " " in rule.strip())
    assert rules.get("script-src") == "'self'", name
    assert rules.get("style-src") == "'self'", name
    assert rules.get("object-src") == rules.get("base-uri") == "'none'", name


def test_no_page_but_the_chat_can_be_framed_by_others(as_admin, values):
    for door in DOORS.values():
        answer = as_admin.get(door.path(values))
        rule = re.search(r"frame-ancestors ([^;]+)", answer.headers.get("Content-Security-Policy", ""))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            is_chat = door.name in ("webchat:frame", "webchat:plain", "webchat:watch")
            assert is_chat or rule[1].strip() in ("'none'", "'self'"), door.name


def test_what_changes_something_refuses_get(client, as_admin, values):
    """A GET of any door answers 405, or writes nothing but what looking at it leaves."""
    refusing: set[str] = set()
    writing: dict[str, set[str]] = {}
    Workspace.get()  # the first page of all makes this row
    for who in (client, as_admin):
        for door in DOORS.values():
            with CaptureQueriesContext(connection) as queries:
                answer = who.get(door.path(values), headers={"user-agent": BROWSER})
            if answer.status_code == 405:
                refusing.add(door.name)
            if surprising := written_tables(queries) - ANYWHERE - WRITES_WHEN_READ.get(door.name, set()):
                writing[door.name] = surprising
    assert writing == {}
    assert refusing >= {name for name in DOORS if CHANGING.search(name)}
    assert len(refusing) > 25


def written_tables(queries: CaptureQueriesContext) -> set[str]:
    found = set()
    for query in queries:
        write = re.match(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', query["sql"])
        found |= {write[1]} if write else set()
    return found
