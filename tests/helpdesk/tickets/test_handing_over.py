"""A ticket is handed over: moved, assigned, explained and told in one step."""

import pytest

from helpdesk.errors import Invalid
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.handing_over import hand_over_ticket, take_back
from helpdesk.tickets.models import Message
from tests.factories import by, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_agent("Ben Okafor")


@pytest.fixture
def dana():
    return make_agent("Dana Popescu", language="it")


@pytest.fixture
def billing(dana):
    return make_department("Billing", members=(dana,))


@pytest.fixture
def chat(ben):
    return make_ticket(make_inbox("webchat", department=make_department("Support", members=(ben,))))


def lines_told(ticket):
    return list(ticket.messages.filter(thread_reason="handover").values_list("text", flat=True))


def test_it_is_moved_assigned_and_explained_in_one_step(chat, ben, dana, billing, names_of):
    assign_ticket(chat, to=ben, by=by(ben))
    fresh = hand_over_ticket(chat, department=billing, to=dana, note="She paid twice.", by=by(ben))
    assert (fresh.department, fresh.assignee) == (billing, dana)
    assert fresh.messages.get(kind="note").text == "She paid twice."
    assert names_of(chat)[-4:] == [
        "ticket.transferred",
        "ticket.assigned",
        "message.noted",
        "ticket.handed_over",
    ]
    fact = Event.objects.get(name="ticket.handed_over").data
    support = make_department("Support").pk
    assert (fact["from"], fact["to"]) == (ben.pk, dana.pk)
    assert (fact["department_from"], fact["department_to"]) == (support, billing.pk)


def test_the_visitor_of_a_chat_reads_who_helps_now_and_it_counts_as_no_answer(
    chat, ben, dana, billing, names_of
):
    hand_over_ticket(chat, department=billing, to=dana, by=by(ben))
    assert lines_told(chat) == ["You are now talking with Dana Popescu from Billing."]
    assert not {"message.replied", "message.autoreplied"} & set(names_of(chat))
    chat.refresh_from_db()
    assert chat.first_replied_at is None
    assert chat.waiting_since is not None


def test_the_visitor_reads_it_in_their_language(ben, dana, billing):
    ticket = make_ticket(make_inbox("webchat"), language="it")
    hand_over_ticket(ticket, department=billing, to=None, by=by(ben))
    assert len(lines_told(ticket)) == 1


def test_no_restricted_departments_name_reaches_the_visitor(chat, ben, dana):
    fraud = make_department("Fraud", members=(dana,), is_restricted=True)
    hand_over_ticket(chat, department=fraud, to=dana, by=by(ben))
    assert lines_told(chat) == ["You are now talking with Dana Popescu."]


def test_the_inbox_may_keep_it_from_the_visitor_and_a_mail_has_no_such_line(chat, ben, dana, billing):
    chat.inbox.options = {"tells_handover": False}
    chat.inbox.save()
    hand_over_ticket(chat, department=billing, to=dana, by=by(ben))
    mail = make_ticket()
    hand_over_ticket(mail, department=billing, to=dana, by=by(ben))
    assert lines_told(chat) == lines_told(mail) == []


def test_the_new_one_gets_a_notice_with_the_reason_and_nobody_else_does(chat, ben, dana, billing):
    hand_over_ticket(chat, department=billing, to=dana, note="She paid twice.", by=by(ben))
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.text) == (dana, "handed_over", "She paid twice.")
    assert notice.url == f"/desk/tickets/{chat.pk}/"


def test_without_an_agent_the_department_gets_the_notice_but_not_who_handed_it_over(chat, ben, dana, billing):
    billing.members.add(ben)
    hand_over_ticket(chat, department=billing, to=None, by=by(ben))
    assert [notice.user for notice in Notice.objects.all()] == [dana]


def test_whom_the_ticket_would_be_hidden_from_it_is_not_given_to_and_nothing_changes(chat, ben, dana):
    fraud = make_department("Fraud", is_restricted=True)
    with pytest.raises(Invalid):
        hand_over_ticket(chat, department=fraud, to=dana, note="Look.", by=by(ben))
    chat.refresh_from_db()
    assert chat.department.name == "Support"
    assert not chat.messages.filter(kind="note").exists()
    assert not Notice.objects.exists()


def test_to_hand_it_over_to_whom_it_is_with_is_refused(chat, ben, dana, billing):
    hand_over_ticket(chat, department=billing, to=dana, by=by(ben))
    with pytest.raises(Invalid):
        hand_over_ticket(chat, department=billing, to=dana, note="Again", by=by(ben))


def test_taken_back_it_is_again_with_whom_it_was_and_nobody_gets_a_notice(chat, ben, dana, billing):
    assign_ticket(chat, to=ben, by=by(ben))
    hand_over_ticket(chat, department=billing, to=dana, by=by(ben))
    chat.refresh_from_db()
    fresh = take_back(chat, by=by(ben))
    assert (fresh.department.name, fresh.assignee) == ("Support", ben)
    assert Notice.objects.count() == 1
    assert lines_told(chat)[-1] == "You are now talking with Ben Okafor from Support."


def test_a_second_press_of_undo_does_not_hand_it_over_again(chat, ben, dana, billing):
    assign_ticket(chat, to=ben, by=by(ben))
    hand_over_ticket(chat, department=billing, to=dana, by=by(ben))
    take_back(chat, by=by(ben))
    with pytest.raises(Invalid):
        take_back(chat, by=by(ben))
    chat.refresh_from_db()
    assert chat.assignee == ben


def test_what_has_gone_on_since_is_not_taken_back(chat, ben, dana, billing):
    hand_over_ticket(chat, department=billing, to=dana, by=by(ben))
    chat = assign_ticket(chat, to=ben, by=by(dana))
    with pytest.raises(Invalid):
        take_back(chat, by=by(ben))
    with pytest.raises(Invalid):
        take_back(make_ticket(), by=by(ben))


def test_the_line_is_told_as_read_so_that_no_mail_and_no_badge_calls_for_it(chat, ben, dana, billing):
    hand_over_ticket(chat, department=billing, to=dana, by=by(ben))
    assert Message.objects.get(thread_reason="handover").read_at is not None
