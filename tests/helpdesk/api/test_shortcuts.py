"""Shortcuts and macros by program: the same rights as under /settings/."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts.usage import note_use
from tests.factories import make_agent, make_department

pytestmark = pytest.mark.django_db
DOOR = "/api/v1/shortcuts/"
REFUND = {
    "name": "Refund",
    "keywords": "money back",
    "texts": {"it": "Ciao {{customer.first_name|}}", "en": "Hello"},
    "steps": [{"do": "tag", "value": "refund"}, {"do": "close"}],
}


def test_a_macro_is_written_read_changed_and_deleted(admin_api):
    made = admin_api.post(DOOR, REFUND, format="json")
    assert made.status_code == 201
    body = made.json()
    assert (body["name"], body["owner"], body["department"], body["language"]) == ("refund", None, None, "it")
    assert body["texts"] == REFUND["texts"] and body["steps"][1] == {"do": "close", "value": ""}
    assert (body["used"], body["last_used_at"]) == (0, None)
    one = f"{DOOR}{body['id']}/"
    changed = admin_api.patch(one, {"texts": {"en": "Hi"}}, format="json").json()
    assert (changed["texts"], changed["keywords"], len(changed["steps"])) == ({"en": "Hi"}, "money back", 2)
    assert admin_api.delete(one).status_code == 204
    assert admin_api.get(one).status_code == 404
    assert Shortcut.objects.get().deleted_at, "it can be brought back"


def test_an_agent_s_is_their_own_and_only_admins_write_for_others(api, agent):
    mine = api.post(DOOR, REFUND, format="json").json()
    assert mine["owner"]["id"] == agent.pk
    billing = make_department("Billing", members=(agent,))
    for wanted in ({"is_mine": False}, {"is_mine": False, "department": billing.pk}):
        refused = api.patch(f"{DOOR}{mine['id']}/", wanted, format="json")
        assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    shared = Shortcut.objects.create(name="shared", text="x")
    assert api.get(f"{DOOR}{shared.pk}/").status_code == 200
    assert api.patch(f"{DOOR}{shared.pk}/", {"name": "mine-now"}, format="json").status_code == 403
    assert api.delete(f"{DOOR}{shared.pk}/").status_code == 403
    assert Shortcut.objects.standing().filter(name="shared", owner=None).exists()


def test_what_others_keep_for_themselves_or_their_department_is_not_there(api, agent):
    hidden = [
        Shortcut.objects.create(name="bobs", text="x", owner=make_agent("Bob")),
        Shortcut.objects.create(name="boards", text="x", department=make_department("Board")),
    ]
    assert api.get(DOOR).json()["results"] == []
    for row in hidden:
        assert api.get(f"{DOOR}{row.pk}/").status_code == 404
        assert api.delete(f"{DOOR}{row.pk}/").status_code == 404


def test_every_fault_is_named_by_its_field(admin_api):
    wrong = {
        "name": "my refund",
        "texts": {"en": "{{customer.nmae}}"},
        "steps": [{"do": "transfer", "value": "9"}],
    }
    answer = admin_api.post(DOOR, wrong, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert {one["field"] for one in answer.json()["errors"]} == {"name", "texts.en", "steps.0"}
    assert admin_api.post(DOOR, {"name": "x", "steps": [{"do": "explode"}]}, format="json").status_code == 400
    assert admin_api.post(DOOR, {"name": "x", "texts": {"tlh": "nuqneH"}}, format="json").status_code == 400
    assert not Shortcut.objects.exists()


def test_the_list_is_searched_narrowed_and_costs_the_same_for_any_number(api, agent):
    for number in range(30):
        row = Shortcut.objects.create(
            name=f"n{number}", text=f"text {number}", owner=agent if number % 2 else None
        )
        note_use(row, agent)
    assert [one["name"] for one in api.get(f"{DOOR}?q=text%2017").json()["results"]] == ["n17"]
    assert len(api.get(f"{DOOR}?is_mine=true").json()["results"]) == 15
    page = api.get(f"{DOOR}?page_size=7").json()
    assert len(page["results"]) == 7 and len(api.get(page["next"]).json()["results"]) == 7
    with CaptureQueriesContext(connection) as queries:
        assert len(api.get(DOOR).json()["results"]) == 30
    assert len(queries) <= 5


def test_a_number_that_is_missing_in_the_ledger_keeps_no_shortcut_back(admin_api):
    last = admin_api.post(DOOR, REFUND, format="json").json()["id"]
    for pk in (1, 3):
        Event.objects.create(pk=pk, name=names.TICKET_CLOSED, actor_kind="system", occurred_at=clock.now())
    assert [row["id"] for row in admin_api.get(f"{DOOR}?after=0").json()["results"]] == [last]
