"""Two contacts that were made one and are two again."""

import threading
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from funnel.sessions.changes import people_of, recorded_since
from funnel.sessions.reading import read_history
from funnel.sessions.reading_people import read_people
from funnel.sessions.rules import DEFAULT_RULES
from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.people.contacts import add_identity, find_contact, lock_contact
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact, ContactMerge
from helpdesk.people.parting import NotMerged, Parted, merges_of, part_contacts
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from knowledge.reading import vote
from tests.factories import by, customer_writes, make_agent, make_article, make_contact, make_inbox

pytestmark = pytest.mark.django_db
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+01:00")
ANN, BOB = "ann@customer.example", "bob@customer.example"


@pytest.fixture
def inbox(outbox):
    return make_inbox()


@pytest.fixture
def two(inbox):
    """Ann, who stays, and Bob, each with a ticket."""
    return tuple(customer_writes(inbox, email=email).ticket.contact for email in (ANN, BOB))


def part(gone: Contact) -> Parted:
    return part_contacts(ContactMerge.objects.get(gone=gone, undone_at=None), by=SYSTEM)


def everything_of(contact: Contact) -> list:
    fresh = Contact.objects.get(pk=contact.pk)
    return [
        sorted(contact.identities.values_list("value", flat=True)),
        sorted(Ticket.objects.of(contact).values_list("pk", flat=True)),
        sorted(Message.objects.filter(contact=contact).values_list("pk", flat=True)),
        [fresh.name, fresh.email, fresh.phone, fresh.attributes, fresh.is_blocked, fresh.last_seen_at],
        fresh.merged_into_id,
    ]


def test_each_is_again_who_they_were(two):
    ann, bob = two
    visitor, article = uuid4(), make_article()
    add_identity(bob, "visitor", str(visitor))
    vote(article, helpful=True, language="en", visitor=visitor)
    Contact.objects.filter(pk=ann.pk).update(attributes={"plan": "pro"})
    Contact.objects.filter(pk=bob.pk).update(
        phone="+39 02 1", attributes={"plan": "free", "size": 3}, is_blocked=True
    )
    before = [everything_of(one) for one in two]
    merge_contacts(ann, bob, by=SYSTEM)
    assert article.votes.get().contact == ann
    parted = part(bob)
    assert [everything_of(one) for one in two] == before
    assert (parted.kept, parted.gone, parted.left) == (ann, bob, [])
    assert article.votes.get().contact == bob
    assert find_contact("email", BOB) == bob


def test_what_the_one_who_goes_knows_better_is_taken_and_given_back(two):
    ann, bob = two
    Contact.objects.filter(pk=ann.pk).update(name="Ann", attributes={"plan": "pro", "size": 1})
    Contact.objects.filter(pk=bob.pk).update(name="Anna Lee", attributes={"plan": "free", "size": 2})
    merged = merge_contacts(ann, bob, by=SYSTEM, take=["name", "attributes.plan"])
    assert (merged.name, merged.email, merged.attributes) == ("Anna Lee", ANN, {"plan": "free", "size": 1})
    parted = part(bob)
    assert (parted.kept.name, parted.kept.attributes) == ("Ann", {"plan": "pro", "size": 1})


def test_what_somebody_has_changed_since_stays_and_it_says_so(two):
    ann, bob = two
    Contact.objects.filter(pk=bob.pk).update(phone="+39 02 1", attributes={"plan": "free"})
    merge_contacts(ann, bob, by=SYSTEM)
    Contact.objects.filter(pk=ann.pk).update(phone="+39 051 2", attributes={"plan": "pro"})
    parted = part(bob)
    assert (parted.kept.phone, parted.kept.attributes) == ("+39 051 2", {"plan": "pro"})
    assert [f"with {ann}: phone, plan." in one for one in parted.left] == [True]


def test_what_is_somebody_else_s_by_now_is_left_there(two):
    ann, bob = two
    merge_contacts(ann, bob, by=SYSTEM)
    dora = make_contact("Dora")
    ann.identities.filter(value=BOB).update(contact=dora)
    parted = part(bob)
    assert parted.left == ["1 entry belongs to somebody else by now and was left there."]
    assert find_contact("email", BOB) == dora


def test_what_came_on_their_ticket_goes_with_it_and_a_new_one_stays_with_who_was_kept(two, inbox):
    ann, bob = two
    ticket = bob.tickets.get()
    merge_contacts(ann, bob, by=SYSTEM)
    later = customer_writes(inbox, "One more thing", email=BOB, ticket_id=ticket.pk).message
    fresh = customer_writes(inbox, "Something else", email=BOB, subject="New").ticket
    part(bob)
    later.refresh_from_db()
    fresh.refresh_from_db()
    assert (later.contact, fresh.contact) == (bob, ann)
    assert customer_writes(inbox, "And now?", email=BOB, subject="Newer").ticket.contact == bob


def test_whoever_was_blocked_as_both_stays_so_as_each(two):
    ann, bob = two
    merge_contacts(ann, bob, by=SYSTEM)
    Contact.objects.filter(pk=ann.pk).update(is_blocked=True)
    parted = part(bob)
    assert (parted.kept.is_blocked, parted.gone.is_blocked) == (True, True)


def test_parting_twice_changes_nothing_and_they_may_be_merged_again(two):
    ann, bob = two
    merge_contacts(ann, bob, by=SYSTEM)
    merge = ContactMerge.objects.get()
    part_contacts(merge, by=SYSTEM)
    with pytest.raises(NotMerged, match="not one person any more"):
        part_contacts(merge, by=SYSTEM)
    assert merge_contacts(bob, ann, by=SYSTEM) == bob
    assert [one.gone for one in merges_of(bob)] == [ann]
    assert Event.objects.filter(name="contact.parted").count() == 1


def test_of_three_in_a_row_each_is_taken_out_alone(two, inbox):
    ann, bob = two
    cid = customer_writes(inbox, email="cid@customer.example").ticket.contact
    before = [everything_of(one) for one in (cid, ann, bob)]
    merge_contacts(ann, bob, by=SYSTEM)
    merge_contacts(cid, ann, by=SYSTEM)
    assert {one.gone for one in merges_of(cid)} == {ann, bob}
    part(bob)
    assert everything_of(bob)[1:3] == before[2][1:3]
    assert Ticket.objects.of(cid).count() == 2
    part(ann)
    assert [everything_of(one) for one in (cid, ann, bob)] == before


def test_a_merge_in_between_comes_out_with_whom_it_brought(two, inbox):
    ann, bob = two
    cid = customer_writes(inbox, email="cid@customer.example").ticket.contact
    merge_contacts(ann, bob, by=SYSTEM)
    merge_contacts(cid, ann, by=SYSTEM)
    part(ann)
    assert (find_contact("email", BOB), Ticket.objects.of(ann).count()) == (ann, 2)
    part(bob)
    assert find_contact("email", BOB) == bob


@pytest.mark.django_db(transaction=True)
def test_two_who_part_them_at_once_and_one_who_merges_on_leave_nothing_half_done(inbox):
    ann, bob, cid = (
        customer_writes(inbox, email=f"{name}@customer.example").ticket.contact
        for name in ("ann", "bob", "cid")
    )
    merge_contacts(ann, bob, by=SYSTEM)
    merge, start, ends = ContactMerge.objects.get(), threading.Barrier(3), []

    def at_once(does) -> None:
        try:
            start.wait(10)
            ends.append(bool(does()))
        except NotMerged:
            ends.append(False)
        finally:
            connection.close()

    def parts() -> Parted:
        return part_contacts(ContactMerge.objects.get(pk=merge.pk), by=SYSTEM)

    threads = [
        threading.Thread(target=at_once, args=[does])
        for does in (parts, parts, lambda: merge_contacts(cid, ann, by=SYSTEM))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(ends) == 3 and ends.count(False) in (1, 2)
    if ends.count(False) == 2:  # she was merged on first: nothing was parted, and it can be now
        part(bob)
    assert [Ticket.objects.of(one).count() for one in (cid, bob)] == [2, 1]
    assert not Ticket.objects.filter(contact__merged_into__isnull=False).exists()


# -- the funnel's view of it


def at(hours: float):
    return clock.frozen_at(MONDAY + timedelta(hours=hours))


def who_has_what() -> dict:
    history = read_history(now=MONDAY + timedelta(days=30))
    return {one.ticket: (one.person, one.first_response, one.started_at) for one in history.conversations} | {
        "sessions": sorted((one.person, one.started_at) for one in history.sessions)
    }


def test_the_figures_are_as_if_they_had_never_been_one(inbox):
    alice = make_agent("Alice")
    with at(0):
        first = customer_writes(inbox, email=ANN).ticket
    with at(1):
        second = customer_writes(inbox, email=BOB).ticket
    ann, bob = first.contact, second.contact
    apart = who_has_what()
    with at(2):
        merge_contacts(ann, bob, by=by(alice))
    as_one = who_has_what()
    assert len(as_one["sessions"]) == 1 and as_one[second.pk][0] == f"c{ann.pk}"
    with at(3):
        reply(second, "Here it is.", by=by(alice))  # told of the one they are now
    with at(4):
        part_contacts(ContactMerge.objects.get(), by=by(alice))
    parted = who_has_what()
    assert parted == apart | {second.pk: (f"c{bob.pk}", 2 * 3600, MONDAY + timedelta(hours=1))}


def test_who_is_read_anew_after_it_are_both(two):
    ann, bob = two
    merge_contacts(ann, bob, by=SYSTEM)
    part(bob)
    [fact] = [
        row for row in recorded_since(clock.now() - timedelta(hours=1)) if row["name"] == "contact.parted"
    ]
    assert people_of([fact], [])[0] == {f"c{ann.pk}", f"c{bob.pk}"}
    for one in two:
        history = read_people([f"c{one.pk}"], now=clock.now(), rules=DEFAULT_RULES)
        assert [found.ticket for found in history.conversations] == [one.tickets.get().pk]
    assert lock_contact(bob.pk) == bob
