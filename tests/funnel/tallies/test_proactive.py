"""Proactive messages: sent, opened, and to how many people."""

import random
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from funnel.models import Edition
from funnel.tallies import counters
from funnel.tallies.cells import WHOLE, Key
from funnel.tallies.tallying import tally_month
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.people.contacts import add_identity
from helpdesk.people.models import ContactIdentity
from tests.factories import make_contact
from tests.funnel.tallies.march import MARCH, MONTH, SENT, named, stored
from tests.funnel.tallies.rows import NOW, make_edition, session, store

pytestmark = pytest.mark.django_db
VISITOR = UUID("00000000-0000-0000-0000-000000000007")


def tell(name: str, message: str | None, at: datetime = SENT, **who: object) -> None:
    data = {"message": message} if message else {}
    record(name, by=SYSTEM, occurred_at=at, data=data, channel=who.pop("channel", "email"), **who)


def proactive(edition: Edition, key: Key = WHOLE) -> tuple[int, int]:
    """How many were sent and opened, as the month's tallies have it."""
    tally_month(edition, MARCH, now=NOW)
    counts = named(stored(edition, MONTH, MARCH)[key][0])
    return counts[counters.PROACTIVE_SENT], counts[counters.PROACTIVE_OPENED]


@pytest.mark.parametrize(
    ("later", "opened"),
    [
        (timedelta(0), 1),
        (timedelta(days=7), 1),
        (timedelta(days=7, seconds=1), 0),
        (timedelta(seconds=-1), 0),
    ],
)
def test_a_message_counts_as_opened_within_seven_days(later, opened):
    ann = make_contact("Ann")
    tell(names.PROACTIVE_SENT, "m1", contact=ann)
    tell(names.PROACTIVE_OPENED, "m1", SENT + later, contact=ann)
    assert proactive(make_edition("Europe/Rome")) == (1, opened)


def test_a_message_is_opened_once_and_by_whom_it_was_sent_to():
    ann, bob = make_contact("Ann"), make_contact("Bob")
    for person in (ann, bob):
        tell(names.PROACTIVE_SENT, "m1", contact=person)
    tell(names.PROACTIVE_SENT, "m2", contact=ann)
    for hours in (1, 2):
        tell(names.PROACTIVE_OPENED, "m1", SENT + timedelta(hours=hours), contact=ann)
    assert proactive(make_edition("Europe/Rome")) == (3, 1)


def test_who_opened_it_before_giving_a_name_is_the_same_person():
    ann = make_contact("Ann")
    add_identity(ann, ContactIdentity.Kind.VISITOR, str(VISITOR))
    tell(names.PROACTIVE_SENT, "m1", contact=ann)
    tell(names.PROACTIVE_OPENED, "m1", SENT + timedelta(hours=1), visitor=VISITOR)
    assert proactive(make_edition("Europe/Rome")) == (1, 1)


def test_messages_without_a_name_of_their_own_can_not_be_opened():
    ann = make_contact("Ann")
    tell(names.PROACTIVE_SENT, None, contact=ann)
    tell(names.PROACTIVE_OPENED, None, SENT + timedelta(hours=1), contact=ann)
    assert proactive(make_edition("Europe/Rome")) == (1, 0)


def test_a_message_counts_in_the_channel_and_department_it_was_sent_from():
    ann = make_contact("Ann")
    tell(names.PROACTIVE_SENT, "m1", contact=ann, department_id=5)
    tell(names.PROACTIVE_SENT, "m2", contact=ann, channel="telegram")
    tell(names.PROACTIVE_SENT, "m3", contact=ann, channel="a postcard")
    edition = make_edition("Europe/Rome")
    assert proactive(edition) == (3, 0)
    assert proactive(edition, Key(channel="email", department="5", language="")) == (1, 0)
    assert proactive(edition, Key(channel="telegram")) == (1, 0)
    assert proactive(edition, Key(channel="", department="none")) == (1, 0)
    assert Key(channel="telegram", department="5") not in stored(edition, MONTH, MARCH)


def test_people_are_counted_once_a_month_whatever_they_did():
    ann, bob = make_contact("Ann"), make_contact("Bob")
    edition = make_edition("Europe/Rome")
    dice = random.Random(1)
    rows = [session(dice, "Europe/Rome") | {"person": f"c{ann.pk}", "started_at": SENT} for _ in range(3)]
    rows.append(session(dice, "Europe/Rome") | {"person": f"v{VISITOR}", "started_at": SENT})
    rows.append(session(dice, "Europe/Rome") | {"person": "c0", "started_at": SENT - timedelta(days=30)})
    store(edition, rows, [])
    for person in (ann, bob):
        tell(names.PROACTIVE_SENT, "m1", contact=person)
    tally_month(edition, MARCH, now=NOW)
    month = stored(edition, MONTH, MARCH)
    people = {key: named(cell[0])[counters.PEOPLE] for key, cell in month.items()}
    assert people.pop(WHOLE) == 3
    assert not any(people.values())
