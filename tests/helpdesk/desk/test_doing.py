import re
from datetime import time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Handover, Refusal
from helpdesk.people.models import Workspace
from helpdesk.tickets.actions import set_ticket_status, tag_ticket
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.outcomes import note_report, take_handover
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "composer"}
UNDO = re.compile(r'<form method="post" action="(/desk/undo/\d+/)')


def write(desk, ticket, text, *, headers=None, **fields):
    path = reverse("desk:write", args=[ticket.pk])
    return desk.post(path, {"text": text, "client_uuid": str(uuid4()), **fields}, headers=headers or {})


def change(desk, ticket, noun, **fields):
    return desk.post(reverse("desk:change", args=[ticket.pk, noun]), fields)


def test_an_answer_without_scripts_goes_out_and_leads_back_to_the_ticket(desk, outbox):
    ticket = make_ticket()
    answer = write(desk, ticket, "It is on its way.", last_seen=ticket.messages.get().pk)
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.pk}/"
    assert ticket.messages.get(kind="outgoing").text == "It is on its way."


def test_pressing_send_twice_sends_once(desk, outbox):
    ticket, pressed = make_ticket(), str(uuid4())
    for _ in range(2):
        write(desk, ticket, "Once", client_uuid=pressed, headers=HTMX)
    assert ticket.messages.filter(kind="outgoing").count() == 1


def test_the_same_press_with_other_words_is_no_repeat_and_loses_none_of_them(desk, outbox):
    ticket, pressed = make_ticket(), str(uuid4())
    write(desk, ticket, "Once", client_uuid=pressed, headers=HTMX)  # the answer to this got lost
    refused = write(desk, ticket, "Once\nand more", client_uuid=pressed, headers=HTMX)
    assert refused.status_code == 409
    assert "Once\nand more" in refused.content.decode()
    assert [message.text for message in ticket.messages.filter(kind="outgoing")] == ["Once"]


def test_an_answer_to_a_thread_that_went_on_is_stopped_with_the_draft_kept(desk, outbox):
    ticket = make_ticket()
    seen = ticket.messages.get()
    customer_writes(ticket.inbox, "Never mind, it came!", replies_to=[seen.external_id])
    stopped = write(desk, ticket, "We will look for it.", last_seen=seen.pk, headers=HTMX)
    page = stopped.content.decode()
    assert stopped.status_code == 409
    assert "We will look for it." in page and "Never mind, it came!" in page
    assert not ticket.messages.filter(kind="outgoing").exists()
    newest = ticket.messages.latest("pk").pk
    assert f'name="last_seen" value="{newest}"' in page
    assert write(desk, ticket, "We will look for it.", last_seen=newest, headers=HTMX).status_code == 200


def test_an_empty_answer_comes_back_with_the_reason(desk):
    ticket = make_ticket()
    refused = write(desk, ticket, "  ", headers=HTMX)
    assert refused.status_code == 422 and "Write something first." in refused.content.decode()
    assert write(desk, ticket, "  ").status_code == 422


def test_send_and_close_does_both(desk, outbox):
    ticket = make_ticket()
    write(desk, ticket, "Done.", then="close", last_seen=ticket.messages.get().pk)
    ticket.refresh_from_db()
    answer = ticket.messages.get(kind="outgoing")
    assert (answer.state, ticket.status) == ("queued", "new"), "it can still be taken back"
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        deliver(answer.pk)
    ticket.refresh_from_db()
    assert (ticket.status, len(outbox)) == ("closed", 1)


def test_send_and_close_leaves_a_ticket_open_on_which_the_customer_wrote_meanwhile(desk, outbox):
    ticket = make_ticket()
    asked = ticket.messages.get()
    write(desk, ticket, "Done.", then="close", last_seen=asked.pk)
    customer_writes(ticket.inbox, "One more thing!", replies_to=[asked.external_id])
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        deliver(ticket.messages.get(kind="outgoing").pk)
    ticket.refresh_from_db()
    assert (ticket.status, len(outbox)) == ("open", 1)


def test_a_chat_is_answered_and_closed_at_once(desk, outbox):
    ticket = make_ticket(make_inbox("webchat"))
    write(desk, ticket, "Done.", then="close", last_seen=ticket.messages.get().pk)
    ticket.refresh_from_db()
    assert ticket.status == "closed" and ticket.messages.get(kind="outgoing").released_at


def test_an_answer_taken_back_is_in_the_composer_again_and_nowhere_else(desk, agent, outbox):
    ticket = make_ticket()
    upload = SimpleUploadedFile("invoice.pdf", b"%PDF-1.4", content_type="application/pdf")
    write(desk, ticket, "Sent too soon", files=[upload], last_seen=ticket.messages.get().pk)
    answer = ticket.messages.get(kind="outgoing")
    page = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "<undo-window" in page and f"/desk/messages/{answer.pk}/undo/" in page
    back = desk.post(f"/desk/messages/{answer.pk}/undo/", {"text": "begun meanwhile"}, headers=HTMX)
    shown = back.content.decode()
    assert "Sent too soon\n\nbegun meanwhile</textarea>" in shown
    assert f'id="message-{answer.pk}" data-gone' in shown and "invoice.pdf" in shown
    assert not ticket.messages.filter(kind="outgoing").exists()
    news = desk.get("/desk/changes/", {"after": "0", "ticket": str(ticket.pk)}).json()
    undone = next(event for event in news["events"] if event["name"] == names.MESSAGE_UNDONE)
    assert f'id="message-{answer.pk}" data-gone' in undone["html"]
    again = desk.post(f"/desk/messages/{answer.pk}/undo/", headers=HTMX)
    assert again.status_code == 404


def test_undo_without_scripts_shows_the_page_with_the_draft(desk, outbox):
    ticket = make_ticket()
    write(desk, ticket, "Sent too soon", last_seen=ticket.messages.get().pk)
    back = desk.post(f"/desk/messages/{ticket.messages.get(kind='outgoing').pk}/undo/")
    assert "Sent too soon</textarea>" in back.content.decode()


def test_only_who_wrote_an_answer_takes_it_back_and_only_in_time(desk, client, outbox):
    ticket = make_ticket()
    write(desk, ticket, "Mine", last_seen=ticket.messages.get().pk)
    answer = ticket.messages.get(kind="outgoing")
    url = f"/desk/messages/{answer.pk}/undo/"
    other = Client()
    other.force_login(make_agent("Ben"))
    assert url not in other.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert other.post(url).status_code == 403
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        deliver(answer.pk)
        assert desk.post(url, headers=HTMX).status_code == 409
    assert url not in desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()


def test_without_an_undo_window_an_answer_is_out_at_once(desk, outbox):
    Workspace.objects.update_or_create(pk=Workspace.ONLY, defaults={"undo_seconds": 0})
    ticket = make_ticket()
    write(desk, ticket, "Now", last_seen=ticket.messages.get().pk)
    assert ticket.messages.get(kind="outgoing").released_at


def test_the_bubble_says_for_whom_it_went_wrong(desk, agent, outbox):
    ticket = make_ticket()
    message = reply(
        ticket, "Hi", by=by(agent), to=["carla@customer.example"], cc=["b@x.example", "c@x.example"]
    )
    deliver(message.pk)
    note_report(message, "bounced", addresses=["b@x.example"], reason="550 no such user")
    note_report(message, "delayed", addresses=["c@x.example"], reason="server away")
    page = desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "Not delivered to 1 of 3" in page
    assert "550 no such user" in page and "server away" in page
    assert f"/desk/messages/{message.pk}/delivery/" in page


def test_for_whom_it_failed_it_is_tried_again_while_it_still_waits_for_another(desk, agent, outbox):
    ticket = make_ticket()
    message = reply(
        ticket, "Hi", by=by(agent), to=["carla@customer.example"], cc=["b@x.example", "c@x.example"]
    )
    Message.objects.filter(pk=message.pk).update(state="sending", attempts=3)
    refused = {
        "b@x.example": Refusal("550 no such user", permanent=True),
        "c@x.example": Refusal("451 later", permanent=False),
    }
    take_handover(message, Handover("", accepted=["carla@customer.example"], refused=refused))
    door = f"/desk/messages/{message.pk}/delivery/"
    assert door in desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    desk.post(door, headers=HTMX)
    states = dict(message.deliveries.values_list("address", "state"))
    assert states == {"carla@customer.example": "sent", "b@x.example": "queued", "c@x.example": "queued"}
    assert door not in desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()


def test_a_note_mentions_the_colleagues_it_names_and_goes_to_nobody_else(desk, outbox):
    ticket, ben = make_ticket(), make_agent("Ben Holt")
    write(desk, ticket, "Can you look, @Ben Holt?", kind="note")
    assert Event.objects.get(name=names.MESSAGE_NOTED).data["mentions"] == [ben.pk]
    assert not outbox and ticket.messages.get(kind="note").state == Message.State.RECEIVED


def test_files_go_out_with_the_answer(desk, outbox):
    ticket = make_ticket()
    upload = SimpleUploadedFile("invoice.pdf", b"%PDF-1.4", content_type="application/pdf")
    write(desk, ticket, "Here it is", files=[upload], last_seen=ticket.messages.get().pk)
    attachment = ticket.messages.get(kind="outgoing").attachments.get()
    assert (attachment.name, attachment.size) == ("invoice.pdf", 8)
    assert "invoice.pdf" in desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()


def test_files_bigger_than_allowed_are_refused(desk, settings):
    settings.ATTACHMENT_MAX_BYTES = 10
    ticket = make_ticket()
    upload = SimpleUploadedFile("big.bin", b"x" * 11)
    assert write(desk, ticket, "Here", files=[upload], headers=HTMX).status_code == 422
    assert ticket.messages.count() == 1


def test_one_press_changes_what_its_form_names(desk, agent):
    billing = make_department("Billing")
    ticket = make_ticket()
    change(desk, ticket, "assignee", assignee="me")
    change(desk, ticket, "department", department=billing.pk)
    change(desk, ticket, "priority", priority="4")
    change(desk, ticket, "tags", add="Invoice, vip")
    change(desk, ticket, "tags", remove="vip")
    change(desk, ticket, "status", status="pending")
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.department, ticket.priority) == (agent, billing, 4)
    assert (ticket.tags, ticket.status) == (["invoice"], "pending")
    change(desk, ticket, "closure", is_closed="yes")
    change(desk, ticket, "spam", is_spam="yes")
    ticket.refresh_from_db()
    assert ticket.status == "closed" and ticket.is_spam
    change(desk, ticket, "closure", is_closed="no")
    change(desk, ticket, "spam", is_spam="no")
    change(desk, ticket, "assignee", assignee="")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.is_spam, ticket.assignee) == ("open", False, None)


@pytest.mark.parametrize(("choice", "days"), [("tomorrow", 1), ("monday", None)])
def test_snooze_ends_in_the_morning_of_the_agent_s_own_zone(desk, agent, choice, days):
    agent.time_zone = "Asia/Shanghai"
    agent.save()
    ticket = make_ticket()
    change(desk, ticket, "snooze", until=choice)
    ticket.refresh_from_db()
    here = ZoneInfo("Asia/Shanghai")
    until, now = localtime(ticket.snoozed_until, here), localtime(clock.now(), here)
    assert until.time() == time(9)
    if days:
        assert until.date() == now.date() + timedelta(days=1)
    else:
        assert until.weekday() == 0 and 0 < (until.date() - now.date()).days <= 7
    change(desk, ticket, "snooze", until="wake")
    ticket.refresh_from_db()
    assert ticket.snoozed_until is None


def test_htmx_gets_the_head_the_context_and_a_toast(desk):
    ticket = make_ticket()
    path = reverse("desk:change", args=[ticket.pk, "assignee"])
    page = desk.post(path, {"assignee": "me"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="ticket-head"' in page and 'id="about"' in page and "Assigned to you." in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("noun", "fields"),
    [
        ("assignee", {"assignee": "me"}),
        ("status", {"status": "pending"}),
        ("priority", {"priority": "4"}),
        ("snooze", {"until": "tomorrow"}),
        ("tags", {"add": "new, kept"}),
        ("tags", {"remove": "kept"}),
        ("closure", {"is_closed": "yes"}),
        ("spam", {"is_spam": "yes"}),
    ],
)
def test_a_change_comes_with_the_form_that_takes_it_back(desk, noun, fields):
    ticket = make_ticket()
    tag_ticket(ticket, tags=["kept"], by=SYSTEM)
    set_ticket_status(ticket, status="open", by=SYSTEM)
    before = state_of(ticket)
    path = reverse("desk:change", args=[ticket.pk, noun])
    page = desk.post(path, fields, headers={"HX-Request": "true"}).content.decode()
    assert state_of(ticket) != before
    assert UNDO.search(page)
    desk.post(UNDO.search(page)[1], headers=HTMX)
    assert state_of(ticket) == before


def state_of(ticket):
    fields = ["assignee", "department", "status", "priority", "tags", "snoozed_until", "is_spam", "closed_at"]
    return Ticket.objects.values(*fields).get(pk=ticket.pk)


def test_a_ticket_moved_out_of_sight_says_so(desk):
    legal = make_department("Legal", is_restricted=True)
    ticket = make_ticket()
    path = reverse("desk:change", args=[ticket.pk, "department"])
    page = desk.post(path, {"department": legal.pk}, headers={"HX-Request": "true"}).content.decode()
    assert "no longer open to you" in page
    assert desk.get(f"/desk/tickets/{ticket.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("noun", "fields", "status"),
    [
        ("assignee", {"assignee": "999999"}, 404),
        ("department", {"department": "x"}, 400),
        ("priority", {"priority": "9"}, 400),
        ("status", {"status": "gone"}, 400),
        ("snooze", {"until": "at", "at": "2001-01-01T09:00"}, 400),
        ("snooze", {"until": "whenever"}, 400),
        ("tags", {"add": " "}, 400),
        ("colour", {}, 404),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(desk, noun, fields, status):
    ticket = make_ticket()
    path = reverse("desk:change", args=[ticket.pk, noun])
    answer = desk.post(path, fields, headers={"HX-Request": "true"})
    assert answer.status_code == status and answer.content
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert fresh.updated_at == ticket.updated_at


def test_nobody_writes_on_a_ticket_that_is_closed_to_them(desk):
    hidden = make_ticket(make_inbox(department=make_department("Legal", is_restricted=True)))
    assert write(desk, hidden, "Hello").status_code == 404
    assert change(desk, hidden, "closure").status_code == 404
    hidden.refresh_from_db()
    assert hidden.status == "new" and hidden.messages.count() == 1


def test_only_colleagues_who_see_the_ticket_can_be_mentioned(desk, agent):
    make_agent("Nina Outside")
    legal = make_department("Legal", is_restricted=True, members=(agent, make_agent("Nina Inside")))
    ticket = make_ticket(make_inbox(department=legal))
    page = desk.get(f"/desk/tickets/{ticket.pk}/colleagues/?q=nina").content.decode()
    assert "Nina Inside" in page and "Nina Outside" not in page


def test_an_agent_writes_to_a_customer_first(desk, agent, outbox):
    inbox = make_inbox()
    form = {
        "email": "New@Customer.example",
        "inbox": inbox.pk,
        "subject": "Your order",
        "text": "We found it.",
    }
    answer = desk.post("/desk/tickets/new/", form)
    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.pk}/"
    assert (ticket.contact.email, ticket.assignee) == ("new@customer.example", agent)
    assert ticket.messages.get().kind == "outgoing" and ticket.queued_at is None
    assert desk.post("/desk/tickets/new/", form | {"email": "nobody"}).status_code == 422


def test_a_second_press_of_send_writes_to_nobody_twice_and_other_words_are_another_mail(desk, outbox):
    asked = desk.get("/desk/tickets/new/").content.decode()
    pressed = re.search(r'name="client_uuid" value="([\w-]+)"', asked)[1]
    form = {"email": "new@customer.example", "inbox": make_inbox().pk, "subject": "Your order"}
    form |= {"text": " We found it.\r\n", "client_uuid": pressed}
    first, second = (desk.post("/desk/tickets/new/", form)["Location"] for _ in range(2))
    assert first == second
    assert desk.post("/desk/tickets/new/", form | {"text": "And it is whole."})["Location"] != first
    assert Message.objects.count() == Ticket.objects.count() == 2


def test_nobody_writes_from_an_inbox_of_a_department_that_is_closed_to_them(desk):
    closed = make_inbox(department=make_department("Legal", is_restricted=True))
    form = {"email": "new@customer.example", "inbox": closed.pk, "subject": "Your order", "text": "Hello"}
    assert desk.post("/desk/tickets/new/", form).status_code == 422
    assert not Ticket.objects.exists()


def test_looking_is_remembered_and_never_goes_back(desk, agent):
    ticket = make_ticket()
    first = ticket.messages.get()
    second = customer_writes(ticket.inbox, "More", replies_to=[first.external_id]).message
    for message in (second, first):
        assert desk.post(reverse("desk:look", args=[ticket.pk]), {"newest": message.pk}).status_code == 204
    assert ticket.looks.get(user=agent).message_id == second.pk


def test_a_ticket_is_not_closed_over_a_message_that_the_page_had_not_shown(desk):
    ticket = make_ticket()
    seen = ticket.messages.get()
    customer_writes(ticket.inbox, "One more thing", replies_to=[seen.external_id])
    refused = change(desk, ticket, "closure", is_closed="yes", last_seen=seen.pk)
    ticket.refresh_from_db()
    assert not ticket.is_finished
    assert "The customer has written meanwhile." in [str(one) for one in get_messages(refused.wsgi_request)]
    change(desk, ticket, "closure", is_closed="yes", last_seen=ticket.messages.last().pk)
    ticket.refresh_from_db()
    assert ticket.is_finished
