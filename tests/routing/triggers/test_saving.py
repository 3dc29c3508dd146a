"""What could not run is refused with its place and its reason, and nothing is half saved."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from helpdesk.errors import InvalidRule
from helpdesk.events import names
from helpdesk.tickets.models import Shortcut
from routing.demo import fill_departments, fill_triggers
from routing.models import BusinessHours, Department, Trigger
from routing.triggers.saving import save_trigger

pytestmark = pytest.mark.django_db


def draft(**fields) -> Trigger:
    fields.setdefault("conditions", [{"field": "subject", "op": "contains_any", "value": "invoice"}])
    fields.setdefault("actions", [{"do": "tag", "value": "invoice"}])
    return Trigger(**{"name": "Invoices", "on": [names.TICKET_CREATED]} | fields)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"on": []}, "on"),
        ({"on": ["article.viewed"]}, "on"),
        ({"conditions": {"match": "some", "lines": []}}, "conditions"),
        ({"actions": []}, "actions"),
        ({"conditions": [{"field": "colour", "op": "is", "value": "red"}]}, "conditions.0"),
        ({"conditions": [{"field": "subject", "op": "has_any", "value": "x"}]}, "conditions.0"),
        ({"conditions": [{"field": "subject", "op": "is", "value": "  "}]}, "conditions.0"),
        ({"conditions": [{"field": "channel", "op": "is", "value": "fax"}]}, "conditions.0"),
        ({"actions": [{"do": "tag", "value": "a"}, {"do": "transfer", "value": "99"}]}, "actions.1"),
        ({"actions": [{"do": "explode", "value": ""}]}, "actions.0"),
        ({"actions": [{"do": "tag", "value": " , "}]}, "actions.0"),
        ({"actions": [{"do": "answer", "value": "gone"}]}, "actions.0"),
        ({"actions": [{"do": "note", "value": "x" * 2001}]}, "actions.0"),
        ({"actions": [{"do": "spam", "value": ""}] * 31}, "actions"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(fields, place):
    with pytest.raises(InvalidRule) as refusal:
        save_trigger(draft(**fields))
    assert list(refusal.value.faults) == [place]
    assert refusal.value.faults[place]
    assert not Trigger.objects.exists()


def test_a_comparison_that_needs_no_value_takes_none():
    save_trigger(draft(conditions=[{"field": "tag", "op": "is_empty", "value": ""}]))


def test_new_triggers_go_to_the_end():
    first, second = save_trigger(draft()), save_trigger(draft())
    assert list(Trigger.objects.all()) == [first, second]


def test_filling_the_demo_twice_changes_nothing():
    for _ in range(2):
        fill_departments()
        fill_triggers()
    assert list(Department.objects.values_list("name", flat=True)) == ["Support", "Billing", "Shipping"]
    assert Trigger.objects.count() == 3
    assert BusinessHours.objects.get(is_default=True).name == "Office"
    assert set(Shortcut.objects.get(name="out-of-hours").texts) == {"en", "it", "ro", "zh-hans"}


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_each_has_its_version():
    trigger, at_once, faults = save_trigger(draft()), Barrier(4), []

    def save(number: int) -> None:
        try:
            for turn in range(5):
                mine = Trigger.objects.get(pk=trigger.pk)
                mine.name = f"Invoices {number}.{turn}"
                at_once.wait(timeout=60)
                save_trigger(mine)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert list(trigger.versions.values_list("number", flat=True)) == list(range(21, 0, -1))
