"""The trigger screens, without scripts: lines come and go by buttons of the form."""

import pytest

from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from routing.listening import on_event
from routing.models import Trigger, TriggerRun
from routing.triggers.saving import faults_of
from tests.factories import customer_writes, make_agent, make_department, make_inbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("admin")]

# Of the usual ten, what only the team can choose.
STILL_TO_CHOOSE = {
    *((f"actions.{number}", "Choose one.") for number in range(3)),
    ("actions.0", "This is no longer there. Choose another."),
}


def form(**fields) -> dict:
    usual = {
        "name": "Invoices",
        "on": [names.TICKET_CREATED],
        "if-match": "all",
        "if-line": ["0"],
        "if-field-0": "subject_or_first",
        "if-op-0": "contains_any",
        "if-value-0": "invoice",
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
    assert trigger.conditions["lines"] == [
        {"field": "subject_or_first", "op": "contains_any", "value": "invoice"}
    ]
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
    answer = client.post("/settings/triggers/new/", form(name="", value=["kept"]) | {"if-value-0": ""})
    assert answer.status_code == 422
    assert answer.context["faults"] == {
        "name": "Give the trigger a name.",
        "conditions.0": "Write what to compare with.",
    }
    assert 'value="kept"' in answer.content.decode()
    assert not Trigger.objects.exists()


def test_lines_are_added_and_removed_without_scripts(client):
    page = client.post("/settings/triggers/new/", form(press="if add") | {"if-new": "channel"})
    assert [line.field.key for line in page.context["editor"].lines] == ["subject_or_first", "channel"]
    page = client.post("/settings/triggers/new/", form(press="add actions", new_action="spam"))
    assert [line.what.key for line in page.context["steps"]] == ["tag", "spam"]
    page = client.post("/settings/triggers/new/", form(press="if remove 0"))
    assert page.context["editor"].lines == ()
    page = client.post("/settings/triggers/new/", form(press="add on"))
    assert page.context["trigger"].on == [names.TICKET_CREATED, ""]
    assert not Trigger.objects.exists()


def test_a_broken_form_never_breaks_the_page(client):
    for sent in (
        {"press": "remove actions 99"},
        {"press": "if add", "if-new": "nonsense"},
        {"press": "if add 7.7.7", "if-line": ["x" * 99, "", "0"], "if-field-0": "channel"},
        {"press": "explode"},
        form() | {"if-field-0": "nonsense"},
        form(do=["nonsense"]),
        form(on=["nonsense"]),
        form(press="try", on=[]),
        form(name="\x00") | {"if-value-0": "\x00"},
    ):
        assert client.post("/settings/triggers/new/", sent).status_code in (200, 422)
    assert not Trigger.objects.exists()


def test_a_dry_run_shows_what_would_have_been_caught(client, settings):
    settings.JOBS_INLINE = True
    inbox = make_inbox()
    customer_writes(inbox, subject="My invoice")
    customer_writes(inbox, subject="My parcel")
    answer = client.post("/settings/triggers/new/", form(name="", press="try"))
    page = answer.content.decode()
    assert "Would have fired 1 time in the last 30 days" in page
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
    on_event(Event.objects.get(ticket=ticket, name=names.TICKET_CREATED))


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


def test_a_trigger_that_waits_for_time_is_written_and_read_back(client):
    sent = form(on=["waits.answer"], after="4", unit="h", clock="office", stops="on")
    client.post("/settings/triggers/new/", sent)
    trigger = Trigger.objects.get()
    assert (trigger.on, trigger.after_minutes, trigger.clock) == (["waits.answer"], 240, "office")
    assert (trigger.stops, trigger.once_per_ticket) == (True, False)
    page = client.get("/settings/triggers/").content.decode()
    assert "a customer has waited for an answer for 4 hours of business hours" in page
    page = client.get(f"/settings/triggers/{trigger.pk}/").content.decode()
    assert 'value="4"' in page
    refused = client.post(f"/settings/triggers/{trigger.pk}/", sent | {"after": "soon"})
    assert "after" in refused.context["faults"]


def test_each_save_is_a_version_and_each_can_come_back(client):
    client.post("/settings/triggers/new/", form())
    trigger = Trigger.objects.get()
    client.post(f"/settings/triggers/{trigger.pk}/", form(name="Bills", do=["tag"], value=["bill"]))
    client.post(f"/settings/triggers/{trigger.pk}/", form(name="Bills", do=["tag"], value=["bill"]))
    client.post(f"/settings/triggers/{trigger.pk}/activity/", {"is_active": "0"})
    page = client.get(f"/settings/triggers/{trigger.pk}/versions/")
    said = [(change.version.number, change.gone, change.new) for change in page.context["changes"]]
    assert said[:2] == [
        (3, [], ["Switched off"]),
        (
            2,
            ["Name: Invoices", "→ Add the tag invoice"],
            ["Name: Bills", "→ Add the tag bill"],
        ),
    ]
    assert page.context["changes"][0].version.made_by
    client.post(f"/settings/triggers/{trigger.pk}/versions/1/")
    trigger.refresh_from_db()
    assert (trigger.name, trigger.actions, trigger.is_active, trigger.version) == (
        "Invoices",
        [{"do": "tag", "value": "invoice"}],
        False,
        4,
    )
    newest = trigger.versions.first()
    assert newest.restored_from == 1


def test_no_way_back_to_a_version_that_could_not_run(client):
    billing = make_department("Billing")
    client.post("/settings/triggers/new/", form(do=["transfer"], value=[str(billing.pk)]))
    trigger = Trigger.objects.get()
    client.post(f"/settings/triggers/{trigger.pk}/", form())
    billing.is_active = False
    billing.save()
    page = client.post(f"/settings/triggers/{trigger.pk}/versions/1/", follow=True).content.decode()
    assert "This is no longer there" in page
    assert Trigger.objects.get().version == 2


def test_a_copy_stands_below_it_and_is_off(client):
    first, second = make_trigger("First"), make_trigger("Second")
    client.post(f"/settings/triggers/{first.pk}/copy/")
    copy = Trigger.objects.get(name="First (copy)")
    assert list(Trigger.objects.all()) == [first, copy, second]
    assert (copy.is_active, copy.actions) == (False, first.actions)


def test_the_order_is_as_it_was_dragged(client):
    first, second, third = (make_trigger(name) for name in ("First", "Second", "Third"))
    client.post("/settings/triggers/order/", {"id": [third.pk, first.pk, "x", "999999"]})
    assert list(Trigger.objects.all()) == [third, first, second]


def test_the_usual_ten_open_the_editor_with_their_lines(client):
    page = client.get("/settings/triggers/starters/")
    starters = list(page.context["starters"])
    assert len(starters) == 10
    for starter in starters:
        opened = client.get(f"/settings/triggers/new/?from={starter.key}")
        assert opened.context["trigger"].name == starter.name
        assert opened.context["steps"]
        assert set(faults_of(opened.context["trigger"])) <= STILL_TO_CHOOSE
    assert client.get("/settings/triggers/new/?from=nonsense").status_code == 200


def test_the_log_is_filtered_by_ticket_and_outcome(client):
    make_trigger(actions=[{"do": "assign", "value": "0"}])
    fire("A bill")
    fire("A parcel")
    ticket = TriggerRun.objects.first().ticket
    rows = client.get(f"/settings/triggers/log/?ticket=%23{ticket.pk}").context["rows"]
    assert [row["run"].ticket for row in rows] == [ticket]
    assert len(client.get("/settings/triggers/log/?outcome=failed").context["rows"]) == 2
    for asked in ("outcome=done", "ticket=nonsense", "ticket=99999999999999999999", "outcome=nonsense"):
        assert client.get(f"/settings/triggers/log/?{asked}").context["rows"] == []


def test_the_log_says_what_was_asked_and_what_it_was(client):
    make_trigger(
        conditions={"match": "all", "lines": [{"field": "subject", "op": "contains_any", "value": "bill"}]}
    )
    fire("A bill")
    page = client.get("/settings/triggers/log/").content.decode()
    assert "Subject contains any of the words bill" in page and "(A bill)" in page


def test_whoever_sees_a_ticket_reads_what_triggers_did_there(client):
    closed = make_department("Board", is_restricted=True)
    make_trigger(actions=[{"do": "tag", "value": "invoice"}])
    fire("A bill")
    ticket = TriggerRun.objects.get().ticket
    client.force_login(make_agent())
    page = client.get(f"/desk/tickets/{ticket.pk}/firings/").content.decode()
    assert "Invoices" in page and "invoice" in page
    line = f'href="/desk/tickets/{ticket.pk}/firings/"'
    assert line in client.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    Ticket.objects.filter(pk=ticket.pk).update(department=closed)
    assert client.get(f"/desk/tickets/{ticket.pk}/firings/").status_code == 404
