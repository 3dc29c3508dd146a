"""Merging, splitting and the people of a ticket, by programs."""

import pytest

from helpdesk.tickets.models import Message, Ticket
from tests.factories import customer_writes, make_department, make_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    inbox = make_inbox()
    return customer_writes(inbox, "One").ticket, customer_writes(inbox, "Two").ticket


def door(ticket, name):
    return f"/api/v1/tickets/{ticket.pk}/{name}/"


def test_a_ticket_goes_into_another_and_comes_out_again(api, pair):
    kept, gone = pair
    answer = api.post(door(gone, "merger"), {"into": kept.pk}, format="json")
    assert (answer.status_code, answer.json()["id"]) == (200, kept.pk)
    shown = api.get(f"/api/v1/tickets/{gone.pk}/").json()
    assert (shown["merged_into"], shown["status"]) == (kept.pk, "closed")
    again = api.post(door(gone, "merger"), {"into": kept.pk}, format="json")
    assert (again.status_code, again.json()["type"]) == (409, "urn:helpdesk:problem:merged")
    answer = api.delete(door(gone, "merger"))
    assert (answer.json()["id"], answer.json()["merged_into"]) == (gone.pk, None)
    assert api.delete(door(gone, "merger")).status_code == 409


def test_a_merged_ticket_is_not_changed_any_more(api, pair):
    kept, gone = pair
    api.post(door(gone, "merger"), {"into": kept.pk}, format="json")
    answer = api.patch(f"/api/v1/tickets/{gone.pk}/", {"status": "open"}, format="json")
    assert (answer.status_code, f"#{kept.pk}" in answer.json()["detail"]) == (409, True)


def test_only_who_sees_both_may_merge_and_take_apart(api, admin_api, pair):
    kept, gone = pair
    closed = make_department("Legal", is_restricted=True)
    Ticket.objects.filter(pk=kept.pk).update(department=closed)
    assert api.post(door(gone, "merger"), {"into": kept.pk}, format="json").status_code == 404
    assert admin_api.post(door(gone, "merger"), {"into": kept.pk}, format="json").status_code == 200
    assert api.delete(door(gone, "merger")).status_code == 404
    assert gone.messages.count() == 0


def test_what_a_restricted_department_saw_is_shown_to_others_only_where_that_is_said(admin_api, pair):
    kept, gone = pair
    Ticket.objects.filter(pk=gone.pk).update(department=make_department("Legal", is_restricted=True))
    answer = admin_api.post(door(gone, "merger"), {"into": kept.pk}, format="json")
    assert (answer.status_code, gone.messages.count()) == (409, 1)
    wanted = {"into": kept.pk, "shows_restricted": True}
    assert admin_api.post(door(gone, "merger"), wanted, format="json").status_code == 200
    # and the other way round there is nothing to say
    admin_api.delete(door(gone, "merger"))
    assert admin_api.post(door(kept, "merger"), {"into": gone.pk}, format="json").status_code == 200


def test_a_message_becomes_a_ticket(api, pair):
    ticket, _other = pair
    late = customer_writes(ticket.inbox, "Another thing", ticket_id=ticket.pk).message
    answer = api.post(door(ticket, "splits"), {"message": late.pk}, format="json")
    assert (answer.status_code, answer.json()["follow_up_of"]) == (201, ticket.pk)
    assert Message.objects.get(pk=late.pk).ticket_id == answer.json()["id"]
    assert api.post(door(ticket, "splits"), {"message": late.pk}, format="json").status_code == 404
    only = ticket.messages.get()
    assert api.post(door(ticket, "splits"), {"message": only.pk}, format="json").status_code == 400


def test_people_are_put_on_a_ticket_and_taken_off(api, pair):
    ticket, _other = pair
    answer = api.post(door(ticket, "participants"), {"email": "bob@x.example", "name": "Bob"}, format="json")
    assert answer.status_code == 201
    (row,) = answer.json()
    assert (row["contact"]["email"], row["role"]) == ("bob@x.example", "cc")
    assert api.get(door(ticket, "participants")).json() == [row]
    contact = row["contact"]["id"]
    assert api.delete(f"/api/v1/tickets/{ticket.pk}/participants/{contact}/").status_code == 204
    assert api.get(door(ticket, "participants")).json() == []
    refused = api.post(door(ticket, "participants"), {"email": ticket.inbox.address}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "email")


def test_an_answer_goes_exactly_to_whom_it_says(api, pair):
    ticket, _other = pair
    words = {"kind": "reply", "text": "Hello", "to": ["carla@customer.example"], "cc": ["bob@x.example"]}
    answer = api.post(door(ticket, "messages"), words, format="json")
    assert (answer.json()["to"], answer.json()["cc"]) == (["carla@customer.example"], ["bob@x.example"])
    del words["to"]
    assert api.post(door(ticket, "messages"), words, format="json").status_code == 400
