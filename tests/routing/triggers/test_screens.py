"""The trigger screens, without scripts: lines come and go by buttons of the form."""

import pytest

from helpdesk.events import names
from helpdesk.events.models import Event
from routing import triggers
from routing.models import Trigger, TriggerRun
from tests.factories import customer_writes, make_admin, make_department, make_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def admin(client):
    client.force_login(make_admin())


def form(**fields) -> dict:
    usual = {
        "name": "Invoices",
        "on": [names.TICKET_CREATED],
        "match": "all",
        "field": ["subject_or_first"],
        "op": ["contains_any"],
        "wanted": ["invoice"],
        "do": ["tag"],
        "value": ["invoice"],
    }
    return usual | fields


def make_trigger(name: str = "Invoices", **fields) -> Trigger:
    fields.setdefault("actions", [{"do": "tag", "value": "invoice"}])
    position = Trigger.objects.count()
    return Trigger.objects.create(name=name, on=[names.TICKET_CREATED], position=position, **fields)


def test_a_trigger_is_written_and_read_back(client):
    billing = make_department("Billing")
    sent = form(do=["transfer", "tag"], value=[str(billing.pk), "invoice"])
    assert client.post("/settings/triggers/new/", sent).status_code == 302
    trigger = Trigger.objects.get()
    assert trigger.conditions == [{"field": "subject_or_first", "op": "contains_any", "value": "invoice"}]
    assert trigger.actions == [
        {"do": "transfer", "value": str(billing.pk)},
        {"do": "tag", "value": "invoice"},
    ]
    page = client.get("/settings/triggers/").content.decode()
    assert "move to <b><bdi>Billing</bdi></b>" in page
    client.post(f"/settings/triggers/{trigger.pk}/", sent | {"name": "Bills"})
    trigger.refresh_from_db()
    assert (trigger.name, Trigger.objects.count()) == ("Bills", 1)


def test_what_is_wrong_is_said_at_its_line_and_what_was_typed_stays(client):
    answer = client.post("/settings/triggers/new/", form(name="", wanted=[""], value=["kept"]))
    assert answer.status_code == 422
    assert answer.context["faults"] == {
        "name": "Give the trigger a name.",
        "conditions.0": "Write what to compare with.",
    }
    assert 'value="kept"' in answer.content.decode()
    assert not Trigger.objects.exists()


def test_lines_are_added_and_removed_without_scripts(client):
    page = client.post("/settings/triggers/new/", form(press="add conditions", new_condition="channel"))
    assert [line.what.key for line in page.context["conditions"]] == ["subject_or_first", "channel"]
    page = client.post("/settings/triggers/new/", form(press="add actions", new_action="spam"))
    assert [line.what.key for line in page.context["steps"]] == ["tag", "spam"]
    page = client.post("/settings/triggers/new/", form(press="remove conditions 0"))
    assert page.context["conditions"] == []
    page = client.post("/settings/triggers/new/", form(press="add on"))
    assert page.context["trigger"].on == [names.TICKET_CREATED, ""]
    assert not Trigger.objects.exists()


def test_a_broken_form_never_breaks_the_page(client):
    for sent in (
        {"press": "remove actions 99"},
        {"press": "add conditions", "new_condition": "nonsense"},
        {"press": "explode"},
        form(field=["nonsense"]),
        form(do=["nonsense"]),
        form(on=["nonsense"]),
        form(press="try", on=[]),
        form(name="\x00", wanted=["\x00"]),
    ):
        assert client.post("/settings/triggers/new/", sent).status_code in (200, 422)
    assert not Trigger.objects.exists()


def test_a_dry_run_shows_what_would_have_been_caught(client):
    inbox = make_inbox()
    customer_writes(inbox, subject="My invoice")
    customer_writes(inbox, subject="My parcel")
    answer = client.post("/settings/triggers/new/", form(name="", press="try"))
    page = answer.content.decode()
    assert "Would have fired on 1 of the last 2." in page
    assert "My invoice" in page and "My parcel" not in page
    assert not Trigger.objects.exists()


def test_the_switch_and_the_order(client):
    first, second = make_trigger("First"), make_trigger("Second")
    client.post(f"/settings/triggers/{first.pk}/activity/", {"is_active": "0"})
    first.refresh_from_db()
    assert not first.is_active
    client.post(f"/settings/triggers/{second.pk}/place/", {"to": "up"})
    assert list(Trigger.objects.all()) == [second, first]
    client.post(f"/settings/triggers/{second.pk}/place/", {"to": "up"})
    assert list(Trigger.objects.all()) == [second, first]


def fire(subject: str = "x") -> None:
    ticket = customer_writes(subject=subject).ticket
    triggers.on_event(Event.objects.get(ticket=ticket, name=names.TICKET_CREATED))


def test_every_firing_stands_in_the_log_also_after_the_trigger_is_deleted(client):
    trigger = make_trigger(actions=[{"do": "tag", "value": "invoice"}, {"do": "assign", "value": "0"}])
    other = make_trigger("Other")
    fire("A bill")
    page = client.get(f"/settings/triggers/log/?trigger={trigger.pk}").content.decode()
    assert "A bill" in page and "partly done" in page and "The agent is no longer active." in page
    client.post(f"/settings/triggers/{trigger.pk}/deletion/")
    assert list(Trigger.objects.all()) == [other]
    page = client.get("/settings/triggers/log/").content.decode()
    assert TriggerRun.objects.count() == 2
    assert "deleted" in page and "Other" in page


def test_a_number_that_is_no_trigger_shows_an_empty_log(client):
    assert client.get(f"/settings/triggers/log/?trigger={10**30}").status_code == 200


def test_lists_cost_the_same_for_many(client, django_assert_max_num_queries):
    billing = make_department("Billing")
    for number in range(8):
        make_trigger(f"T{number}", actions=[{"do": "transfer", "value": str(billing.pk)}])
    fire()
    client.get("/settings/triggers/")
    with django_assert_max_num_queries(5):
        client.get("/settings/triggers/")
    with django_assert_max_num_queries(6):
        assert len(client.get("/settings/triggers/log/").context["rows"]) == 8
