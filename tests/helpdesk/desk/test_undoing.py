"""One way back for every change: exactly as it was, and only what nobody went on from."""

from datetime import timedelta

import pytest
from django.urls import reverse

from helpdesk import clock
from helpdesk.desk.models import Undo
from helpdesk.desk.tasks import forget_undone
from helpdesk.tickets.actions import (
    assign_ticket,
    close_ticket,
    mark_spam,
    set_ticket_status,
    snooze_ticket,
    tag_ticket,
)
from helpdesk.tickets.models import Ticket
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def change(desk, ticket, noun, **fields):
    return desk.post(reverse("desk:change", args=[ticket.pk, noun]), fields, headers=HTMX)


def undo(desk, on=None, **fields):
    where = {"HX-Current-URL": f"http://testserver/desk/tickets/{on.pk}/?view=open"} if on else {}
    return desk.post(reverse("desk:undo_last"), fields, headers=HTMX | where)


def fields_of(ticket):
    names = ("assignee", "department", "status", "priority", "tags", "snoozed_until", "is_spam", "closed_at")
    return Ticket.objects.values(*names, "waiting_since").get(pk=ticket.pk)


def test_a_closed_ticket_comes_back_waiting_as_it_was(desk, agent):
    ticket = make_ticket()
    set_ticket_status(ticket, status="pending", by=by(agent))
    snooze_ticket(ticket, until=clock.now() + timedelta(days=2), by=by(agent))
    before = fields_of(ticket)
    assert before["waiting_since"]
    change(desk, ticket, "closure", is_closed="yes")
    assert fields_of(ticket)["waiting_since"] is None
    assert "Taken back." in undo(desk, ticket).content.decode()
    assert fields_of(ticket) == before


@pytest.mark.parametrize(
    ("prepare", "noun", "fields"),
    [
        (close_ticket, "closure", {"is_closed": "no"}),
        (mark_spam, "spam", {"is_spam": "no"}),
        (lambda one, by: snooze_ticket(one, until=clock.now() + timedelta(days=1), by=by), "snooze", {"until": "wake"}),
    ],
)  # fmt: skip
def test_what_opens_it_again_is_taken_back_too(desk, agent, prepare, noun, fields):
    ticket = make_ticket()
    prepare(ticket, by=by(agent))
    before = fields_of(ticket)
    change(desk, ticket, noun, **fields)
    assert fields_of(ticket) != before
    undo(desk, ticket)
    assert fields_of(ticket) == before


def test_a_transfer_gives_back_to_whom_it_was_taken_from(desk, agent):
    secret = make_department("Fraud", is_restricted=True, members=(agent,))
    ben, ticket = make_agent("Ben"), make_ticket()
    assign_ticket(ticket, to=ben, by=by(agent))
    before = fields_of(ticket)
    change(desk, ticket, "department", department=secret.pk)
    assert fields_of(ticket)["assignee"] is None
    undo(desk, ticket)
    assert fields_of(ticket) == before


def test_a_ticket_sent_out_of_sight_by_mistake_comes_back_while_nothing_happened_there(desk):
    secret, ticket = make_department("Fraud", is_restricted=True), make_ticket()
    change(desk, ticket, "department", department=secret.pk)
    assert desk.get(reverse("desk:ticket", args=[ticket.pk])).status_code == 404
    undo(desk)
    assert desk.get(reverse("desk:ticket", args=[ticket.pk])).status_code == 200
    change(desk, ticket, "department", department=secret.pk)
    tag_ticket(ticket, tags=["evidence"], by=by(make_agent("Fiona")))
    assert "it is closed to you now" in undo(desk).content.decode()
    assert fields_of(ticket)["department"] == secret.pk


def test_what_somebody_else_changed_since_stays(desk):
    ben, ticket = make_agent("Ben"), make_ticket()
    change(desk, ticket, "assignee", assignee="me")
    assign_ticket(ticket, to=ben, by=by(ben))
    said = undo(desk, ticket).content.decode()
    assert "Not taken back: it was changed since." in said
    assert fields_of(ticket)["assignee"] == ben.pk


def test_what_a_colleague_did_to_something_else_is_no_hindrance(desk, agent):
    ben, ticket = make_agent("Ben"), make_ticket()
    change(desk, ticket, "tags", add="refund")
    tag_ticket(ticket, tags=["late"], by=by(ben))
    assign_ticket(ticket, to=ben, by=by(ben))
    undo(desk, ticket)
    ticket.refresh_from_db()
    assert (ticket.tags, ticket.assignee) == (["late"], ben)


def test_a_customer_who_wrote_meanwhile_keeps_the_ticket_open(desk):
    ticket = make_ticket()
    change(desk, ticket, "closure", is_closed="yes")
    customer_writes(ticket.inbox, "And another thing", replies_to=[ticket.messages.get().external_id])
    assert "it was changed since" in undo(desk, ticket).content.decode()
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_one_press_after_the_other_goes_back_step_by_step_and_then_says_that_nothing_is_left(desk):
    ticket = make_ticket()
    change(desk, ticket, "priority", priority="3")
    change(desk, ticket, "priority", priority="4")
    for expected in (3, 2):
        undo(desk, ticket)
        ticket.refresh_from_db()
        assert ticket.priority == expected
    assert undo(desk, ticket).status_code == 404


def test_a_toast_takes_back_its_own_change_once_and_nobody_elses(desk, client):
    ticket = make_ticket()
    change(desk, ticket, "priority", priority="3")
    path = reverse("desk:undo_change", args=[Undo.objects.get().pk])
    client.force_login(make_agent("Ben"))
    assert client.post(path, headers=HTMX).status_code == 404
    client.force_login(Undo.objects.get().user)
    assert client.post(path, headers=HTMX).status_code == 200
    assert client.post(path, headers=HTMX).status_code == 409


def test_after_an_hour_nothing_is_taken_back_and_after_a_day_it_is_forgotten(desk):
    ticket = make_ticket()
    change(desk, ticket, "priority", priority="3")
    with clock.frozen_at(clock.now() + timedelta(minutes=61)):
        assert undo(desk, ticket).status_code == 404
    forget_undone()
    assert Undo.objects.exists()
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        forget_undone()
    assert not Undo.objects.exists()


def test_what_changes_nothing_leaves_nothing_to_take_back(desk):
    ticket = make_ticket()
    answer = change(desk, ticket, "priority", priority=str(ticket.priority))
    assert "/desk/undo/" not in answer.content.decode().split("toast-message", 1)[1]


def test_after_closing_the_next_ticket_of_the_list_is_opened_and_undo_goes_back(desk, agent):
    inbox = make_inbox()
    ticket, after = make_ticket(inbox, subject="First"), make_ticket(inbox, subject="Second")
    answer = change(desk, ticket, "closure", is_closed="yes", next=after.pk)
    assert answer.headers["HX-Retarget"] == "#ticket"
    assert "Second" in answer.content.decode() and f"#{ticket.pk}: Closed." in answer.content.decode()
    back = undo(desk, after)
    assert back.headers["HX-Push-Url"].startswith(f"/desk/tickets/{ticket.pk}/")
    assert "First" in back.content.decode()
    agent.after_closing = "stay"
    agent.save()
    stays = change(desk, ticket, "closure", is_closed="yes", next=after.pk)
    assert "HX-Retarget" not in stays.headers


def test_a_next_ticket_that_is_closed_to_the_agent_is_not_opened(desk):
    ticket = make_ticket()
    hidden = make_ticket(make_inbox(department=make_department("Legal", is_restricted=True)))
    answer = change(desk, ticket, "closure", is_closed="yes", next=hidden.pk)
    assert "HX-Retarget" not in answer.headers


def test_who_comes_second_is_told_who_has_it_and_the_page_shows_it(desk):
    ben, ticket = make_agent("Ben Holt"), make_ticket()
    assign_ticket(ticket, to=ben, by=by(ben))
    answer = change(desk, ticket, "assignee", assignee="me", seen="").content.decode()
    assert "Ben Holt has it already." in answer and "/desk/undo/" not in answer.split("toast-message", 1)[1]
    assert fields_of(ticket)["assignee"] == ben.pk
    assert f'name="seen" value="{ben.pk}"' in answer
    change(desk, ticket, "assignee", assignee="me", seen=ben.pk)
    assert fields_of(ticket)["assignee"] != ben.pk


def test_snoozed_until_they_reply_is_said_in_words_and_no_date_of_the_year_9999(desk):
    ticket = make_ticket()
    said = change(desk, ticket, "snooze", until="reply").content.decode()
    assert "Snoozed until they reply." in said
    page = desk.get(reverse("desk:ticket", args=[ticket.pk]) + "?view=snoozed").content.decode()
    assert page.count("until they reply") >= 3 and "9999" not in page
