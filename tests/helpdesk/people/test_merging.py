import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from funnel.sessions.people import People, key_of_contact
from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.people.contacts import add_identity, find_contact, find_or_create_contact, lock_contact
from helpdesk.people.merging import MergesWithItself, merge_contacts
from helpdesk.people.models import Company, Contact
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import begin_ticket
from knowledge.reading import record_view, vote
from tests.factories import by, customer_writes, make_agent, make_article, make_contact, make_inbox

pytestmark = pytest.mark.django_db


def ways_to(contact: Contact) -> set[str]:
    return set(contact.identities.values_list("value", flat=True))


def test_all_that_was_the_other_s_is_the_kept_one_s():
    visitor, article = uuid4(), make_article()
    browser = find_or_create_contact("visitor", str(visitor))
    vote(article, helpful=True, language="en", visitor=visitor)
    inbox = make_inbox()
    carla = customer_writes(inbox, email="carla@customer.example").ticket.contact
    asked = customer_writes(inbox, "And my refund?", email="carla@work.example")
    other = asked.ticket.contact
    for gone in (browser, other):
        carla = merge_contacts(carla, gone, by=SYSTEM)
    assert ways_to(carla) == {str(visitor), "carla@customer.example", "carla@work.example"}
    assert (Ticket.objects.of(carla).count(), Message.objects.filter(contact=carla).count()) == (2, 2)
    assert article.votes.get().contact == carla
    assert customer_writes(inbox, "Hello again", email="carla@work.example").ticket.contact == carla


def test_empty_fields_are_filled_and_none_is_overwritten():
    acme, start = Company.objects.create(name="Acme"), clock.now()
    kept = Contact.objects.create(name="Carla", attributes={"plan": "pro"}, last_seen_at=start)
    gone = Contact.objects.create(
        name="C. Rossi",
        phone="+39 02 1234",
        company=acme,
        language="it",
        attributes={"plan": "free", "no_surveys": True},
        is_blocked=True,
    )
    merge_contacts(kept, gone, by=SYSTEM)
    kept.refresh_from_db()
    assert (kept.name, kept.phone, kept.company, kept.language) == ("Carla", "+39 02 1234", acme, "it")
    assert kept.attributes == {"plan": "pro", "no_surveys": True}
    assert (kept.is_blocked, kept.last_seen_at) == (True, start)


def test_merging_is_a_fact_of_its_own_and_the_ledger_is_not_rewritten():
    alice, kept, gone = make_agent("Alice"), make_contact(), customer_writes().ticket.contact
    before = list(Event.objects.filter(contact=gone).values_list("pk", flat=True))
    merge_contacts(kept, gone, by=by(alice))
    [fact] = Event.objects.filter(name="contact.merged")
    assert (fact.contact_id, fact.data, fact.actor_id) == (kept.pk, {"gone": gone.pk}, alice.pk)
    assert list(Event.objects.filter(contact=gone).values_list("pk", flat=True)) == before


@pytest.mark.parametrize("other_way_round", [False, True])
def test_merging_twice_in_either_direction_is_merging_once(other_way_round):
    kept, gone = make_contact(), make_contact("Bob")
    merge_contacts(kept, gone, by=SYSTEM)
    again = (
        merge_contacts(gone, kept, by=SYSTEM) if other_way_round else merge_contacts(kept, gone, by=SYSTEM)
    )
    assert again == kept
    assert Event.objects.filter(name="contact.merged").count() == 1


def test_nobody_is_merged_with_oneself():
    carla = make_contact()
    with pytest.raises(MergesWithItself, match="Choose another person"):
        merge_contacts(carla, Contact.objects.get(pk=carla.pk), by=SYSTEM)
    assert not Event.objects.exists()


def test_who_was_merged_before_comes_along_and_every_number_leads_to_who_is_left():
    first, second, third = (make_contact(name) for name in ("Ann", "Bob", "Cid"))
    merge_contacts(second, first, by=SYSTEM)
    merge_contacts(third, first, by=SYSTEM)  # by its old number: it is the second they mean
    assert {contact.pk for contact in third.aliases.all()} == {first.pk, second.pk}
    assert len(ways_to(third)) == 3
    with transaction.atomic():
        assert {lock_contact(contact.pk) for contact in (first, second, third)} == {third}
    assert list(Contact.objects.standing()) == [third]


def test_a_ticket_begun_for_the_one_who_is_gone_is_the_kept_one_s(outbox):
    alice, kept, gone = make_agent("Alice"), make_contact(), make_contact("Bob")
    merge_contacts(kept, gone, by=SYSTEM)
    ticket = begin_ticket(contact=gone, inbox=make_inbox(), subject="Hello", text="Hello", by=by(alice))
    assert ticket.contact == kept


def test_a_unique_key_does_not_stop_the_merge_and_what_it_keeps_back_still_leads_to_the_person():
    with connection.cursor() as cursor:  # a rule such as a later table may have: one of each kind a person
        cursor.execute("CREATE UNIQUE INDEX ON people_contactidentity (contact_id, kind)")
    kept, gone = make_contact(), make_contact("Bob")
    add_identity(gone, "telegram", "4711")
    merge_contacts(kept, gone, by=SYSTEM)
    assert "4711" in ways_to(kept)
    assert find_contact("email", gone.email) == kept


@pytest.mark.django_db(transaction=True)
def test_two_merges_of_the_same_two_at_once_end_with_one_person():
    ann, bob = make_contact("Ann"), make_contact("Bob")
    start, left = threading.Barrier(2), []

    def merge(kept: Contact, gone: Contact) -> None:
        try:
            start.wait(10)
            left.append(merge_contacts(kept, gone, by=SYSTEM).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((ann, bob), (bob, ann))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(left) == 2 and len(set(left)) == 1
    assert len(ways_to(Contact.objects.get(pk=left[0]))) == 2


# -- the funnel's view of it


def person_of(event: Event) -> str | None:
    return People().of(event.contact_id, event.visitor and str(event.visitor))


def read_article(visitor: UUID) -> Event:
    record_view(make_article().pk, language="en", visitor=visitor)
    return Event.objects.filter(name="article.viewed").latest("pk")


def test_what_a_visitor_read_is_the_contact_s_as_soon_as_it_is_known_who_they_are():
    visitor, carla = uuid4(), make_contact()
    event = read_article(visitor)
    assert person_of(event) != key_of_contact(carla.pk)
    add_identity(carla, "visitor", str(visitor))
    assert person_of(event) == key_of_contact(carla.pk)


def test_what_either_of_two_did_is_one_person_s_after_their_merge():
    visitor = uuid4()
    find_or_create_contact("visitor", str(visitor))
    event, carla = read_article(visitor), make_contact()
    merge_contacts(carla, find_contact("visitor", str(visitor)), by=SYSTEM)
    assert person_of(event) == key_of_contact(carla.pk)
