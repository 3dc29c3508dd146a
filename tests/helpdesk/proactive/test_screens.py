"""The settings screens: from a starter to a live message in one form, with every fault at its field."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk.people.duty import note_duty
from helpdesk.proactive.audience import rules_for
from helpdesk.proactive.models import ProactiveLimits, ProactiveMessage
from helpdesk.proactive.showing import open_message, show_message
from helpdesk.proactive.starters import STARTERS, begun_with
from tests.factories import make_admin, make_agent
from tests.helpdesk.proactive.conftest import visitor_here

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_admin())
    return client


def asked(*lines: tuple[str, str, object]) -> dict:
    """What the editor of conditions sends of them."""
    sent = {"if-match": "all", "if-line": [str(at) for at in range(len(lines))]}
    for at, (field, op, value) in enumerate(lines):
        base, colon, called = field.partition(":")
        sent |= {f"if-field-{at}": base + colon, f"if-op-{at}": op, f"if-value-{at}": value}
        sent |= {f"if-called-{at}": called} if colon else {}
    return sent


def form(widget, **changed) -> dict:
    """What the editor sends of the first starter."""
    usual = {
        "press": "save",
        "name": "Stuck",
        "text": "May we help?",
        "inbox": widget.pk,
        "sender": "",
        **asked(("visit_page", "contains", "/checkout"), ("page_seconds", "at_least", "60")),
    }
    return usual | changed


def test_every_starter_is_saved_as_it_stands(widget, admin):
    for key in STARTERS:
        page = admin.get(reverse("proactive:new_message"), {"like": key}).content.decode()
        row = begun_with(key)
        assert row.text in page
        sent = form(
            widget,
            name=row.name,
            text=row.text,
            **asked(*((one["field"], one["op"], one["value"]) for one in row.conditions["lines"])),
        )
        assert admin.post(reverse("proactive:new_message"), sent).status_code == 302
        assert ProactiveMessage.objects.get(name=row.name).conditions == row.conditions


def test_a_message_is_made_and_is_live_at_once(widget, admin):
    dana = make_agent("Dana")
    sent = form(widget, sender=dana.pk, is_for_hours="on", text_it="Possiamo aiutare?")
    answer = admin.post(reverse("proactive:new_message"), sent, follow=True)
    message = ProactiveMessage.objects.get()
    assert (message.sender, message.is_for_hours, message.texts) == (dana, True, {"it": "Possiamo aiutare?"})
    page = answer.content.decode()
    assert "time on the page is at least <b><bdi>60 seconds</bdi></b>" in page
    note_duty([None])
    assert [rule["message"] for rule in rules_for(widget, visitor_here())] == [message.pk]


def test_what_a_message_is_for_is_chosen_in_the_editor_and_counted_in_the_list(widget, admin):
    sent = form(widget, goal_kind="event", goal="Order placed", goal_hours="72")
    page = admin.post(reverse("proactive:new_message"), sent, follow=True).content.decode()
    message = ProactiveMessage.objects.get()
    assert (message.goal_kind, message.goal, message.goal_hours) == ("event", "Order placed", 72)
    assert "Goal reached" in page
    refused = admin.post(reverse("proactive:new_message"), form(widget, goal_kind="page", goal=" "))
    assert refused.status_code == 422 and "Say which page or which event." in refused.content.decode()


@pytest.mark.parametrize(
    ("changed", "place", "reason"),
    [
        ({"name": " "}, "name", "Give the message a name."),
        ({"text": ""}, "text", "Write what the card says."),
        ({"text": "x" * 501}, "text", "At most 500 characters."),
        ({"text_it": "x" * 501}, "text.it", "At most 500 characters."),
        ({"inbox": ""}, "inbox", "Choose the chat inbox on whose sites it is shown."),
        (asked(("visit_page", "contains", "")), "conditions.0", "Write what to compare with."),
        (asked(("scroll", "at_least", "soon")), "conditions.0", "Write a number, such as 12 or 9.50."),
        (
            asked(("visits", "is", "1"), ("scroll", "at_least", "101")),
            "conditions.1",
            "A number from 0 to 100.",
        ),
        (asked(("visit_page", "is_empty", "")), "conditions.0", "This comparison does not fit the field."),
        (asked(("status", "is", "new")), "conditions.0", "There is no such field."),
        (asked(("named:", "is", "pro")), "conditions.0", "Name what you mean"),
        (
            {"starts_at": "2026-03-02T10:00", "ends_at": "2026-03-02T09:00"},
            "ends_at",
            "It ends before it begins.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(widget, admin, changed, place, reason):
    answer = admin.post(reverse("proactive:new_message"), form(widget, **changed))
    assert answer.status_code == 422
    assert answer.context["faults"][place].startswith(reason)
    assert reason in answer.content.decode()
    assert not ProactiveMessage.objects.exists()


def test_lines_come_and_go_without_scripts(widget, admin):
    sent = form(widget) | {"press": "if add", "if-new": "visits"}
    added = admin.post(reverse("proactive:new_message"), sent)
    assert [line.field.key for line in added.context["editor"].lines] == [
        "visit_page",
        "page_seconds",
        "visits",
    ]
    less = admin.post(reverse("proactive:new_message"), form(widget, press="if remove 0"))
    assert [line.field.key for line in less.context["editor"].lines] == ["page_seconds"]
    assert not ProactiveMessage.objects.exists()


def test_the_list_says_what_came_of_each_and_pauses_moves_and_deletes(widget, admin, make_message):
    first, second = make_message(name="First"), make_message(name="Second")
    here = visitor_here()
    show_message(first.pk, inbox=widget, here=here, language="en")
    open_message(first.pk, inbox=widget, visitor=UUID(here.visitor))
    row = admin.get(reverse("proactive:messages")).context["rows"][0]
    assert (row["figures"].sent, row["figures"].opened_rate) == (1, 100.0)

    admin.post(reverse("proactive:place", args=[second.pk]), {"to": "up"})
    assert list(ProactiveMessage.objects.all()) == [second, first]
    admin.post(reverse("proactive:activity", args=[second.pk]), {"is_active": "0"})
    assert [rule["message"] for rule in rules_for(widget, visitor_here())] == [first.pk]
    admin.post(reverse("proactive:delete_message", args=[first.pk]))
    assert list(ProactiveMessage.objects.all()) == [second]


def test_what_is_paused_is_given_out_no_more_at_once(
    widget, admin, make_message, django_capture_on_commit_callbacks
):
    message, here = make_message(), visitor_here()
    assert rules_for(widget, here)
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("proactive:activity", args=[message.pk]), {"is_active": "0"})
    assert rules_for(widget, here) == []


def test_the_limits_are_set_beside_the_list(widget, admin, make_message):
    make_message()
    answer = admin.post(reverse("proactive:limits"), {"a_day": "0", "pause_days": "7"})
    assert answer.status_code == 422 and answer.context["form"].errors["a_day"]
    admin.post(reverse("proactive:limits"), {"a_day": "3", "pause_days": "0"})
    assert (ProactiveLimits.get().a_day, ProactiveLimits.get().pause_days) == (3, 0)
