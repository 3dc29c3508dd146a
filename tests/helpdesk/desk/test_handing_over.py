"""Handing over at the desk: the dialog, what it offers, what stands on the ticket afterwards."""

import pytest
from django.urls import reverse

from helpdesk.desk.live import changes_after
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.models import Ticket
from tests.factories import by, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dana():
    return make_agent("Dana Popescu")


@pytest.fixture
def billing(dana):
    return make_department("Billing", members=(dana,))


@pytest.fixture
def chat(agent):
    return make_ticket(make_inbox("webchat", department=make_department("Support", members=(agent,))))


def door(ticket):
    return reverse("desk:handover", args=[ticket.pk])


def hand_over(desk, ticket, *, headers=None, **fields):
    return desk.post(
        door(ticket), {"department": "", "agent": "", "note": ""} | fields, headers=headers or {}
    )


def test_the_dialog_offers_the_departments_people_first_and_not_who_has_it(desk, agent, chat, dana, billing):
    make_agent("Ben Okafor")
    assign_ticket(chat, to=agent, by=by(agent))
    page = desk.get(door(chat) + f"?department={billing.pk}").content.decode()
    options = page[page.index('id="id_agent"') :]
    assert options.index('label="Billing"') < options.index("Dana Popescu") < options.index("Ben Okafor")
    assert "Alice" not in options[: options.index("</select>")]
    assert "reads in the chat who helps them" in page


@pytest.mark.parametrize(("target", "shows"), [("dialogs", "<desk-dialog>"), ("handover", 'id="handover"')])
def test_only_the_part_that_is_asked_for_is_drawn(desk, chat, target, shows):
    part = desk.get(door(chat), headers=HTMX | {"HX-Target": target}).content.decode()
    assert shows in part and "<html" not in part


def test_in_one_step_it_is_anothers_with_the_note_and_the_line_says_it(desk, agent, chat, dana, billing):
    answer = hand_over(
        desk, chat, department=billing.pk, agent=dana.pk, note="She paid twice.", headers=HTMX
    ).content.decode()
    ticket = Ticket.objects.get(pk=chat.pk)
    assert (ticket.department, ticket.assignee) == (billing, dana)
    assert "Handed over to Dana Popescu." in answer
    assert answer.count("Alice handed this over to Dana Popescu (Billing)") == 1
    assert "She paid twice." in answer
    assert "You are now talking with Dana Popescu from Billing." in answer
    assert "moved this to" not in answer and "assigned this to" not in answer
    assert "/desk/undo/" in answer


def test_undo_gives_it_back(desk, agent, chat, dana, billing):
    assign_ticket(chat, to=agent, by=by(agent))
    hand_over(desk, chat, department=billing.pk, agent=dana.pk)
    here = f"http://testserver/desk/tickets/{chat.pk}/"
    answer = desk.post(reverse("desk:undo_last"), headers=HTMX | {"HX-Current-URL": here})
    ticket = Ticket.objects.get(pk=chat.pk)
    assert (ticket.department.name, ticket.assignee) == ("Support", agent)
    assert "Alice took it back: it is with Alice (Support) again" in answer.content.decode()


def test_without_scripts_it_is_a_page_and_leads_back(desk, chat, dana):
    assert "<html" in desk.get(door(chat)).content.decode()
    answer = hand_over(desk, chat, department=chat.department_id, agent=dana.pk)
    assert answer.headers["Location"] == f"/desk/tickets/{chat.pk}/"


def test_what_can_not_be_is_said_in_the_form(desk, chat):
    same = hand_over(desk, chat, department=chat.department_id, headers=HTMX)
    assert same.status_code == 422
    assert "It is there already: choose somebody else." in same.content.decode()
    assert hand_over(desk, chat, department="999999").status_code == 422
    assert hand_over(desk, chat, agent="nobody").status_code == 422


def test_handed_where_its_giver_may_not_look_it_leaves_the_desk(desk, agent, chat, dana):
    fraud = make_department("Fraud", members=(dana, agent), is_restricted=True)
    desk.get(door(chat))
    fraud_form = {"department": fraud.pk, "agent": dana.pk}
    answer = hand_over(desk, chat, headers=HTMX, **fraud_form)
    assert answer.status_code == 200
    fraud.members.remove(agent)
    gone = desk.post(reverse("desk:change", args=[chat.pk, "handover"]), {"take_back": "yes"})
    assert gone.status_code == 404


def test_a_desk_that_was_away_hears_of_it_as_one_line(desk, agent, chat, dana, billing):
    hand_over(desk, chat, department=billing.pk, agent=dana.pk)
    told = "".join(one["html"] for one in changes_after(0, user=agent, ticket_id=chat.pk)["events"])
    assert told.count("handed this over") == 1
    assert "You are now talking with Dana Popescu" in told
    assert "moved this to" not in told


def test_a_department_is_offered_with_the_languages_it_answers_in(client):
    make_department("Asia", languages=["zh-hans", "it"])
    client.force_login(make_agent("Eve"))
    page = client.get(f"/desk/tickets/{make_ticket().pk}/handing-over/").content.decode()
    assert "Asia (简体中文, Italiano)" in page
