"""A macro in a ticket: its steps at once or with what is sent, one undo for all, and blanks that hold sending back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.tickets.actions import prioritise_ticket
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import MacroRun, Message, Shortcut, ShortcutUse, Ticket
from tests.factories import (
    by,
    customer_writes,
    make_admin,
    make_agent,
    make_department,
    make_inbox,
    make_ticket,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "composer"}
STEPS = [
    {"do": "close", "value": ""},
    {"do": "assign", "value": "me"},
    {"do": "tag", "value": "refund, vip"},
    {"do": "prioritise", "value": "3"},
    {"do": "note", "value": "Done by {{agent.name}} for {{customer.first_name}}."},
]
HOW_IT_STOOD = (
    "status",
    "assignee",
    "department",
    "tags",
    "priority",
    "snoozed_until",
    "closed_at",
    "waiting_since",
)


def macro(*steps, name="macro", **fields):
    return Shortcut.objects.create(name=name, actions=list(steps or STEPS), **fields)


def run(desk, ticket, shortcut, **fields):
    return desk.post(
        reverse("desk:run", args=[ticket.pk, shortcut.pk]), fields, headers={"HX-Request": "true"}
    )


def write(desk, ticket, text="Hello", **fields):
    path = reverse("desk:write", args=[ticket.pk])
    fresh = {"client_uuid": str(uuid4()), "last_seen": ticket.messages.latest("pk").pk}
    if "macro" in fields:
        fields[f"macro_{fields.get('kind', 'reply')}"] = fields.pop("macro")
    return desk.post(path, {"text": text, **fresh, **fields}, headers=HTMX)


def standing(ticket):
    fresh = Ticket.objects.get(pk=ticket.pk)
    return {name: getattr(fresh, name) for name in HOW_IT_STOOD}


def undo_last(desk):
    return desk.post(reverse("desk:undo_last"), headers={"HX-Request": "true"})


def test_a_macro_without_a_text_does_all_its_steps_and_one_undo_takes_all_back(desk, agent):
    ticket = make_ticket(name="Carla Rossi")
    before = standing(ticket)
    answer = run(desk, ticket, macro())
    now = standing(ticket)
    assert (now["status"], now["assignee"], now["priority"]) == ("closed", agent, 3)
    assert now["tags"] == ["refund", "vip"]
    assert ticket.messages.get(kind="note").text == "Done by Alice for Carla."
    assert "Add the tag: refund, vip" in answer.content.decode()
    assert undo_last(desk).status_code == 200
    assert standing(ticket) == before
    assert not ticket.messages.filter(kind="note").exists()
    assert Event.objects.filter(ticket=ticket, name=names.MESSAGE_UNDONE).exists(), (
        "others' pages take it off"
    )


def test_a_second_press_does_nothing(desk):
    ticket, pressed = make_ticket(), str(uuid4())
    shortcut = macro({"do": "note", "value": "Called."})
    for _ in range(2):
        assert run(desk, ticket, shortcut, pressed=pressed).status_code == 200
    assert ticket.messages.filter(kind="note").count() == MacroRun.objects.count() == 1


def test_what_was_changed_since_is_left_and_said(desk):
    ticket = make_ticket()
    run(desk, ticket, macro())
    prioritise_ticket(ticket, priority=4, by=by(make_agent("Ben")))
    assert "changed since" in undo_last(desk).content.decode()
    assert standing(ticket)["priority"] == 4
    assert MacroRun.objects.get().undone_at is None


def test_a_macro_with_a_step_that_can_t_be_done_does_none(desk):
    secret = make_department("Legal", is_restricted=True)
    ticket = make_ticket()
    before = standing(ticket)
    refused = run(
        desk, ticket, macro({"do": "tag", "value": "x"}, {"do": "transfer", "value": str(secret.pk)})
    )
    assert refused.status_code == 404 and "closed to you" in refused.content.decode()
    assert standing(ticket) == before
    assert not ShortcutUse.objects.exists()


def test_nobody_is_assigned_who_may_not_see_the_ticket(desk, agent):
    legal = make_department("Legal", is_restricted=True, members=(agent,))
    ticket, outsider = make_ticket(make_inbox(department=legal)), make_agent("Otto")
    assert run(desk, ticket, macro({"do": "assign", "value": str(outsider.pk)})).status_code == 400
    assert standing(ticket)["assignee"] is None


def test_others_macros_are_neither_offered_nor_run(desk):
    ticket = make_ticket()
    hidden = [
        macro(name="bobs", owner=make_agent("Bob")),
        macro(name="boards", department=make_department("Board")),
        macro(name="gone", deleted_at=clock.now()),
    ]
    page = desk.get(reverse("desk:shortcuts", args=[ticket.pk])).content.decode()
    for shortcut in hidden:
        assert f"/{shortcut.name}" not in page
        assert run(desk, ticket, shortcut).status_code == 404
        write(desk, ticket, macro=shortcut.pk)
    assert standing(ticket)["tags"] == []


def test_a_macro_is_done_with_the_answer_it_went_into_and_closes_when_that_is_out(desk, agent, outbox):
    ticket = make_ticket()
    page = write(desk, ticket, macro=macro(text="Hello").pk).content.decode()
    answer, now = ticket.messages.get(kind="outgoing"), standing(ticket)
    assert (now["assignee"], now["tags"], now["status"]) == (agent, ["refund", "vip"], "open")
    assert answer.closes_ticket, "it closes when the answer can't be taken back any more"
    assert "Add the tag" in page and 'id="undo"' not in page, "the answer's own undo takes all of it back"
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        deliver(answer.pk)
    assert standing(ticket)["status"] == "closed"


def test_taking_the_answer_back_takes_its_macro_back_and_both_stand_in_the_composer(desk, outbox):
    ticket = make_ticket()
    before, shortcut = standing(ticket), macro(text="Hello")
    write(desk, ticket, macro=shortcut.pk)
    answer = ticket.messages.get(kind="outgoing")
    page = desk.post(reverse("desk:undo", args=[answer.pk]), headers=HTMX).content.decode()
    assert standing(ticket) == before
    assert not ticket.messages.filter(kind__in=("outgoing", "note")).exists()
    assert f'name="macro_reply" value="{shortcut.pk}"' in page and ">Hello</textarea>" in page


def test_an_answer_is_taken_back_also_where_what_its_macro_did_went_on(desk, outbox):
    ticket = make_ticket()
    write(desk, ticket, macro=macro(text="Hello").pk)
    prioritise_ticket(ticket, priority=4, by=by(make_agent("Ben")))
    answer = ticket.messages.get(kind="outgoing")
    page = desk.post(reverse("desk:undo", args=[answer.pk]), headers=HTMX).content.decode()
    assert not ticket.messages.filter(kind="outgoing").exists()
    assert "stays" in page and standing(ticket)["priority"] == 4


def test_in_a_chat_the_steps_have_an_undo_of_their_own(desk, outbox):
    ticket = make_ticket(make_inbox("webchat"), sender=Sender("visitor", str(uuid4()), name="Mia"))
    page = write(desk, ticket, macro=macro(text="Hello").pk).content.decode()
    assert standing(ticket)["status"] == "closed" and 'id="undo"' in page
    undo_last(desk)
    now = standing(ticket)
    assert (now["status"], now["tags"]) == ("open", [])
    assert ticket.messages.filter(kind="outgoing").count() == 1


def test_an_answer_that_is_refused_does_no_steps_and_keeps_them(desk):
    ticket = make_ticket()
    seen, shortcut = ticket.messages.get(), macro(text="Hello")
    customer_writes(ticket.inbox, "Never mind!", replies_to=[seen.external_id])
    stopped = write(desk, ticket, macro=shortcut.pk, last_seen=seen.pk)
    assert (
        stopped.status_code == 409 and f'name="macro_reply" value="{shortcut.pk}"' in stopped.content.decode()
    )
    assert standing(ticket)["tags"] == [] and not MacroRun.objects.exists()


def test_pressing_send_twice_does_the_steps_once(desk, outbox):
    ticket, pressed = make_ticket(), str(uuid4())
    shortcut = macro({"do": "note", "value": "Called."}, text="Hello")
    for _ in range(2):
        write(desk, ticket, macro=shortcut.pk, client_uuid=pressed)
    assert ticket.messages.filter(kind="note").count() == ShortcutUse.objects.get().count == 1


def test_a_text_with_a_blank_is_held_until_it_is_dealt_with(desk, outbox):
    ticket = make_ticket(name="")
    Shortcut.objects.create(name="hi", text="Hi {{customer.first_name}}!")
    offered = desk.get(reverse("desk:shortcuts", args=[ticket.pk])).content.decode()
    assert 'data-blank="{{customer.first_name}}"' in offered and "not known" in offered
    held = write(desk, ticket, "Hi {{customer.first_name}}!")
    page = held.content.decode()
    assert held.status_code == 422 and "Not filled in: {{customer.first_name}}" in page
    assert "Hi {{customer.first_name}}!</textarea>" in page and 'name="unfilled"' in page
    assert not ticket.messages.filter(kind="outgoing").exists()
    assert write(desk, ticket, "Hi there!").status_code == 200
    assert write(desk, ticket, "About {{ templates }}", unfilled="ok").status_code == 200


def test_a_chat_s_short_way_holds_blanks_back_too(desk, outbox):
    ticket = make_ticket(make_inbox("webchat"), sender=Sender("visitor", str(uuid4()), name="Mia"))
    assert write(desk, ticket, "Hi {{customer.name}}", kind="reply").status_code == 422
    assert not ticket.messages.filter(kind="outgoing").exists()


def test_of_one_name_the_own_comes_before_the_department_s_before_the_one_for_all(desk, agent):
    support = make_department("Support", members=(agent,))
    ticket = make_ticket(make_inbox(department=support))
    for text, reach in (("all", {}), ("ours", {"department": support}), ("mine", {"owner": agent})):
        Shortcut.objects.create(name="hi", text=f"It is {text}", **reach)
        page = desk.get(reverse("desk:shortcuts", args=[ticket.pk])).content.decode()
        assert f"It is {text}" in page and page.count('role="option"') == 1


def test_what_this_agent_uses_most_comes_first_and_names_before_keywords_before_texts(desk, outbox):
    ticket = make_ticket()
    for name, fields in (
        ("apple", {}),
        ("pear", {"keywords": "apple"}),
        ("plum", {"translations": {"it": "Apple!"}}),
    ):
        Shortcut.objects.create(name=name, text="x", **fields)
    path = reverse("desk:shortcuts", args=[ticket.pk])

    def offered(query=""):
        page = desk.get(f"{path}?q={query}").content.decode()
        return sorted(
            ("apple", "pear", "plum"),
            key=lambda name: page.find(f">/{name}<") if f">/{name}<" in page else 10**9,
        )

    assert offered("appl") == ["apple", "pear", "plum"]
    write(desk, ticket, "x", macro=Shortcut.objects.get(name="plum").pk)
    assert offered()[0] == "plum"
    assert "/pear" not in desk.get(f"{path}?q=it").content.decode(), "a language's code is no word of it"


def test_the_list_costs_few_queries_however_many_there_are(desk, agent):
    ticket = make_ticket()
    counts = []
    for number in range(40):
        macro(
            {"do": "assign", "value": str(agent.pk)},
            {"do": "transfer", "value": "1"},
            name=f"n{number}",
            text="x {{agent.name}}",
        )
        if number in (1, 39):
            with CaptureQueriesContext(connection) as queries:
                desk.get(reverse("desk:shortcuts", args=[ticket.pk]))
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_an_admin_is_offered_a_department_s_on_its_own_tickets(client):
    client.force_login(make_admin())
    support, billing = make_department("Support"), make_department("Billing")
    ticket = make_ticket(make_inbox(department=support))
    for department in (support, billing):
        Shortcut.objects.create(name=department.name.lower(), text="x", department=department)
    page = client.get(reverse("desk:shortcuts", args=[ticket.pk])).content.decode()
    assert "/support" in page and "/billing" not in page


def test_a_note_takes_its_macro_along(desk, agent):
    ticket = make_ticket()
    page = write(
        desk,
        ticket,
        "For us",
        kind="note",
        macro=macro({"do": "status", "value": "pending"}, text="For us").pk,
    )
    assert standing(ticket)["status"] == "pending" and 'id="undo"' in page.content.decode()
    assert Message.objects.get(kind="note").text == "For us"


def test_what_was_taken_for_the_note_is_not_done_with_the_answer(desk, outbox):
    ticket = make_ticket()
    shortcut = macro({"do": "tag", "value": "x"}, text="For us")
    write(desk, ticket, "Hello", macro_note=shortcut.pk)
    assert standing(ticket)["tags"] == []


def test_what_was_taken_before_a_reload_is_drawn_again(desk):
    ticket, shortcut = make_ticket(name=""), macro(text="Hi {{customer.first_name}}")
    hidden = macro(name="bobs", owner=make_agent("Bob"), text="x")
    path = reverse("desk:shortcuts", args=[ticket.pk])
    assert desk.get(f"{path}?q=%00%25").status_code == 200
    page = desk.get(f"{path}?staged={shortcut.pk},{hidden.pk},x,&kind=note").content.decode()
    assert f'name="macro_note" value="{shortcut.pk}"' in page and "/bobs" not in page
    assert 'data-for="note" data-blank="{{customer.first_name}}"' in page
