"""The form before a chat: whom it asks, what it takes, and where the answers go."""

import json

import pytest

from helpdesk.connectors.webchat.asking import Field, WrongAnswers, fields_of, read_answers
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import Message, Ticket
from tests.factories import make_department

FORM = [
    {"key": "name", "label": "Your name", "kind": "text", "is_required": True},
    {"key": "mail", "label": "Your email", "kind": "email", "is_required": True},
    {"key": "phone", "label": "Phone", "kind": "tel"},
    {"key": "order", "label": "Order number", "kind": "text"},
    {"key": "about", "label": "What is it about?", "kind": "select", "choices": ["Sizes", "Returns"]},
    {"key": "team", "label": "For whom?", "kind": "department"},
]
RIGHT = {"name": "Carla", "mail": "carla@customer.example", "order": "FW-7", "about": "Sizes"}


@pytest.fixture
def asking(widget):
    """The shop's chat, which asks before the first one."""
    widget.options = {"form": FORM, "asks_before": "first"}
    widget.save()
    make_department("Support")
    return widget


def keys(opened):
    return [part.split('"')[0] for part in opened["form"].split('data-question="')[1:]]


def test_nobody_is_asked_where_the_inbox_does_not_say_so(browse, widget):
    widget.options = {"form": FORM}
    widget.save()
    assert browse().opened["form"] == ""


def test_a_stranger_is_asked_before_the_first_chat_and_not_again(asking, browse):
    browser = browse()
    assert keys(browser.opened) == ["name", "mail", "phone", "order", "about", "team"]
    browser.write("Hello", answers=RIGHT)
    assert browser.post("start").json()["form"] == ""


def test_a_person_whom_the_site_names_is_not_asked(asking, browse):
    browser = browse()
    assert browser.post("start", who={"email": "dan@customer.example"}).json()["form"] == ""


def test_asked_each_time_is_only_what_is_not_known_and_not_in_the_middle_of_a_chat(asking, browse):
    asking.options |= {"asks_before": "always"}
    asking.save()
    browser = browse()
    browser.write("Hello", answers=RIGHT)
    assert browser.post("start").json()["form"] == ""
    Ticket.objects.update(status="closed", closed_at=Ticket.objects.get().created_at)
    assert keys(browser.post("start").json()) == ["phone", "order", "about", "team"]


def test_answers_become_the_contact_the_department_and_the_ticket_s_own(asking, browse):
    team = make_department("Billing")
    browser = browse()
    answers = RIGHT | {"phone": "+39 02 1234-567", "team": str(team.pk)}
    assert browser.write("Hello", answers=answers).status_code == 201
    ticket = Ticket.objects.select_related("contact", "department").get()
    contact = ticket.contact
    assert (contact.name, contact.email, contact.phone) == (
        "Carla",
        "carla@customer.example",
        "+39 02 1234-567",
    )
    assert ticket.department == team
    assert ticket.attributes["answers"] == [["Order number", "FW-7"], ["What is it about?", "Sizes"]]
    assert Message.objects.get().author_name == "Carla"
    assert not contact.identities.filter(kind="email").exists()


def test_wrong_answers_are_refused_field_by_field_and_nothing_is_stored(asking, browse):
    refused = browse().write("Hello", answers={"mail": "nowhere", "phone": "12", "about": "Hats"})
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert refused.json()["fields"] == {
        "name": "Please fill this in.",
        "mail": "This is no email address: nowhere",
        "phone": "This is no phone number: 12",
        "about": "Choose one of the list.",
    }
    assert not Ticket.objects.exists()


def test_answers_can_be_tried_before_anything_is_written(asking, browse):
    browser = browse()
    assert browser.post("answers", answers={"name": "Carla"}).json()["fields"] == {
        "mail": "Please fill this in."
    }
    assert browser.post("answers", answers=RIGHT).status_code == 200
    assert not Ticket.objects.exists()


def test_answers_come_as_text_too_as_forms_carry_them(asking, browse):
    browse().write("Hello", answers=json.dumps(RIGHT))
    assert Ticket.objects.get().contact.name == "Carla"


def test_a_message_without_the_form_is_refused_with_the_questions_and_nothing_is_stored(asking, browse):
    refused = browse().write("Hello").json()
    assert (refused["type"], refused["status"]) == ("urn:helpdesk:problem:wrong_answers", 422)
    assert [error["field"] for error in refused["errors"]] == ["name", "mail"]
    assert keys(refused) == ["name", "mail", "phone", "order", "about", "team"]
    assert not Ticket.objects.exists()


def test_where_every_question_may_stay_open_a_message_alone_will_do(asking, browse):
    asking.options |= {"form": FORM[2:]}
    asking.save()
    assert browse().write("Hello").status_code == 201


def test_a_message_that_was_stored_before_the_chat_was_closed_is_not_asked_anew(asking, browse):
    asking.options |= {"asks_before": "always", "form": [FORM[3] | {"is_required": True}]}
    asking.save()
    browser, uuid = browse(), "7" * 32
    first = browser.write("Hello", uuid=uuid, answers={"order": "FW-7"}).json()
    Ticket.objects.update(status="closed", closed_at=Ticket.objects.get().created_at)
    assert browser.write("Hello", uuid=uuid).json()["id"] == first["id"]
    assert browser.write("And then?").status_code == 422


def test_the_same_message_again_with_its_answers_is_one(asking, browse):
    browser, uuid = browse(), "7" * 32
    first = browser.write("Hello", uuid=uuid, answers=RIGHT).json()
    assert browser.write("Hello", uuid=uuid, answers=RIGHT).json()["id"] == first["id"]
    assert Message.objects.count() == 1


def test_a_restricted_department_can_be_neither_seen_nor_chosen(asking, browse):
    board = make_department("Board", is_restricted=True)
    browser = browse()
    assert "Board" not in browser.opened["form"]
    assert browser.write("Hello", answers=RIGHT | {"team": str(board.pk)}).status_code == 422


def test_a_proved_address_is_not_replaced_by_an_answer(asking, browse):
    asking.options |= {"form": [{"key": "mail", "label": "Email", "kind": "email"}]}
    asking.save()
    browser = browse()
    browser.write("Hello")
    contact = Ticket.objects.get().contact
    contact.email = "carla@customer.example"
    contact.save()
    contact.identities.create(kind="email", value=contact.email, is_verified=True)
    browser.write("And", answers={"mail": "thief@elsewhere.example"})
    contact.refresh_from_db()
    assert contact.email == "carla@customer.example"


@pytest.mark.parametrize(
    "form",
    [None, "x", [1], [{"key": "a"}], [{"label": "A"}], [{"key": "a", "label": "A", "kind": "select"}]],
)
def test_what_is_no_form_asks_nothing(form):
    assert fields_of(make_unsaved(form)) == []


def make_unsaved(form):
    inbox = Inbox()
    inbox.options = {"form": form}
    return inbox


@pytest.mark.parametrize(
    ("number", "is_right"),
    [("+39 02 1234567", True), ("(0040) 21/555-01", True), ("12", False), ("call me", False), ("++1", False)],
)
def test_what_a_phone_number_is(number, is_right):
    field = [Field("phone", "Phone", "tel")]
    if is_right:
        assert read_answers(field, {"phone": number}).phone == number
    else:
        with pytest.raises(WrongAnswers):
            read_answers(field, {"phone": number})
