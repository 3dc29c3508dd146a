"""Making one person of two at the desk, and two of one again."""

import pytest

from helpdesk.events.actor import SYSTEM
from helpdesk.people.contacts import add_identity
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact, ContactMerge
from helpdesk.tickets.models import Ticket
from tests.factories import customer_writes, make_contact, make_department, make_inbox

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ANN, BOB = "ann@customer.example", "bob@customer.example"


@pytest.fixture
def two():
    """The tickets of two who are not known to be one."""
    inbox = make_inbox()
    return tuple(
        customer_writes(inbox, email=email, name=email.split("@")[0].title()).ticket for email in (ANN, BOB)
    )


def at(ticket, part="one-person/"):
    return f"/desk/tickets/{ticket.pk}/{part}"


def shown(desk, ticket, query=""):
    return desk.get(at(ticket) + query).content.decode()


def merge(desk, ticket, other, **form):
    return desk.post(at(ticket), {"other": other.pk, **form}, headers=HTMX)


def test_who_has_the_same_address_or_number_is_offered_and_anybody_is_found(desk, two):
    ticket, bob = two[0], two[1].contact
    Contact.objects.filter(pk=ticket.contact_id).update(phone="+39 02 123-4567", email="a.lee@work.example")
    same_number, same_address, other = (
        make_contact("Cid"),
        make_contact("Dora", email="A.Lee@work.example"),
        bob,
    )
    Contact.objects.filter(pk=same_number.pk).update(phone="(0039) 02 1234567")
    offered = shown(desk, ticket)
    assert all(f"?other={one.pk}" in offered for one in (same_number, same_address))
    assert f"?other={other.pk}" not in offered
    for query in ("bob", BOB, "0039021234567"):
        found = shown(desk, ticket, f"?q={query}")
        wanted = same_number if query.isdigit() else bob
        assert f"?other={wanted.pk}" in found and f"?other={ticket.contact_id}" not in found


def test_both_stand_side_by_side_and_what_differs_can_be_chosen(desk, two):
    ann, bob = two[0].contact, two[1].contact
    Contact.objects.filter(pk=ann.pk).update(attributes={"plan": "free", "size": 3})
    Contact.objects.filter(pk=bob.pk).update(attributes={"plan": "pro", "no_surveys": True})
    page = shown(desk, two[0], f"?other={bob.pk}")
    assert 'name="take:attributes.plan" value="gone"' in page and 'name="take:name"' in page
    assert "attributes.size" not in page and "no_surveys" not in page
    assert '<legend class="small quiet"><bdi>Plan</bdi>' in page
    turned = shown(desk, two[0], f"?other={bob.pk}&keep={bob.pk}")
    assert f'value="{bob.pk}" checked' in turned and f'value="{ann.pk}" checked' in page
    answer = merge(desk, two[0], bob, keep=ann.pk, **{"take:attributes.plan": "gone", "take:name": "kept"})
    assert "Bob and Ann are one person now." in answer.content.decode()
    ann.refresh_from_db()
    assert (ann.name, ann.attributes) == ("Ann", {"plan": "pro", "size": 3, "no_surveys": True})
    assert Ticket.objects.of(ann).count() == 2


def test_one_press_takes_it_back_and_so_does_the_dialog_later(desk, two):
    ann, bob = two[0].contact, two[1].contact
    merge(desk, two[0], bob, keep=ann.pk)
    assert "Taken back." in desk.post("/desk/undo/", headers=HTMX).content.decode()
    assert two[1].contact == Ticket.objects.get(pk=two[1].pk).contact
    merge(desk, two[1], ann, keep=ann.pk)
    assert "Was several people" in desk.get(at(two[0], "")).content.decode()
    assert "One person with <bdi>Bob</bdi>" in shown(desk, two[0])
    [row] = ContactMerge.objects.filter(undone_at=None)
    said = desk.post(at(two[0]), {"part": row.pk}, headers=HTMX).content.decode()
    assert "Bob and Ann are two people again. What came in since stays with Ann." in said
    assert "Was several people" not in said
    assert "Taken back." in desk.post("/desk/undo/", headers=HTMX).content.decode()  # one again
    assert Ticket.objects.of(ann).count() == 2


def test_what_can_not_be_taken_back_is_said(desk, two):
    ann, bob = two[0].contact, two[1].contact
    Contact.objects.filter(pk=bob.pk).update(phone="+39 02 1234567")
    merge(desk, two[0], bob, keep=ann.pk)
    Contact.objects.filter(pk=ann.pk).update(phone="+39 051 7654321")
    said = desk.post("/desk/undo/", headers=HTMX).content.decode()
    assert "Taken back. Changed since, so it stays as it is with Ann: phone." in said


def test_somebody_with_a_ticket_that_is_closed_to_the_agent_is_neither_merged_nor_taken_apart(
    desk, two, client
):
    ann, bob = two[0].contact, two[1].contact
    legal = make_department("Legal", is_restricted=True)
    hidden = customer_writes(two[0].inbox, email=BOB, subject="Between us").ticket
    Ticket.objects.filter(pk=hidden.pk).update(department=legal)
    page = shown(desk, two[0], f"?other={bob.pk}")
    assert (
        "has 1 ticket in a department that is closed to you" in page
        and 'id="one-person-now" disabled' in page
    )
    refused = merge(desk, two[0], bob, keep=ann.pk)
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#merger")
    assert "somebody who sees it has to do this" in refused.content.decode()
    merge_contacts(ann, bob, by=SYSTEM)
    [row] = ContactMerge.objects.all()
    assert desk.post(at(two[0]), {"part": row.pk}, headers=HTMX).status_code == 422
    assert Ticket.objects.of(ann).count() == 3


def test_whom_the_agent_does_not_see_is_not_found(desk, two):
    Ticket.objects.filter(pk=two[1].pk).update(department=make_department("Legal", is_restricted=True))
    bob = two[1].contact
    assert f"?other={bob.pk}" not in shown(desk, two[0], "?q=bob")
    assert merge(desk, two[0], bob).status_code == 404
    assert merge(desk, two[0], two[0].contact).status_code == 404


def test_a_merge_of_other_people_is_not_taken_apart_from_here(desk, two):
    cid, dora = make_contact("Cid"), make_contact("Dora")
    add_identity(cid, "telegram", "4711")
    merge_contacts(cid, dora, by=SYSTEM)
    assert desk.post(at(two[0]), {"part": ContactMerge.objects.get().pk}, headers=HTMX).status_code == 404
    assert desk.post(at(two[0]), {"part": "x"}, headers=HTMX).status_code in (404, 422)
