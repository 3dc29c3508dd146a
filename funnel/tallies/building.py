"""Building an edition, step by step: first its people, then its days. A build that is cut off goes on where it was.

`Edition.reached` says up to whom people are stored: "" nobody, "c12" contacts up to 12, "v" and an id visitors up to
that one, and EVERYBODY. From then on the days that are marked are what is left to do.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from time import monotonic

from django.db import transaction
from django.db.models import Count, F, Min
from django.db.models.functions import Greatest

from funnel.models import DirtyDay, Edition, SupportConversation, SupportSession
from funnel.sessions.people import CONTACT, VISITOR, People, key_of_contact, key_of_visitor
from funnel.sessions.present_hours import with_present_hours
from funnel.sessions.reading_people import read_people
from funnel.sessions.storing import store_people
from funnel.tallies.editions import LIVE, complete_edition, gather_statistics, mark_days
from funnel.tallies.freshness import count_marked_days, days_of, mark_what_time_changed
from helpdesk.events.models import Event
from helpdesk.people.models import ContactIdentity

EVERYBODY = "all"
AT_ONCE = 1000  # people
PEOPLE, DAYS = "people", "days"
OnStep = Callable[[str, int, int], None]  # people or days, how many are done, of how many


def build(edition: Edition, *, now: datetime, until: float, on_step: OnStep) -> bool:
    """Go on with it by one step, then by as many as are begun before that moment of time.monotonic(). Returns whether
    it has become the current edition."""
    if edition.facts_id == edition.pk and not store_everybody(edition, now=now, until=until, on_step=on_step):
        return False
    with transaction.atomic():  # nobody reads it yet: what is marked need not be marked again
        mark_what_time_changed(edition, now=now)
        Edition.objects.filter(pk=edition.pk).update(reckoned_at=now)

    def on_month(left: int, marked: int) -> None:
        Edition.objects.filter(pk=edition.pk).update(done=Greatest(F("done"), F("steps") - left))
        on_step(DAYS, marked - left, marked)

    if not count_marked_days(edition, now=now, until=until, on_step=on_month):
        return False
    complete_edition(edition, now=now)
    return True


def store_everybody(edition: Edition, *, now: datetime, until: float, on_step: OnStep) -> bool:
    """The rows of all people, a batch at a time. Returns whether all are stored."""
    if not edition.steps:
        Edition.objects.filter(pk=edition.pk).update(steps=count_people() + count_days_about(now))
    while edition.reached != EVERYBODY:
        keys, count, reached = next_people(edition.reached)
        with transaction.atomic():
            if not store_batch(edition, keys, now=now):
                return False
            Edition.objects.filter(pk=edition.pk).update(
                reached=reached, done=F("done") + count, steps=Greatest(F("steps"), F("done") + count)
            )
            if reached == EVERYBODY:
                gather_statistics(SupportSession, SupportConversation)
                days = DirtyDay.objects.filter(edition=edition).count()
                Edition.objects.filter(pk=edition.pk).update(steps=F("done") + days)
        edition.refresh_from_db()
        on_step(PEOPLE, edition.done, edition.steps)
        if monotonic() > until:
            return False
    return True


@transaction.atomic
def store_batch(
    facts: Edition, keys: Collection[str], *, now: datetime, senders: Collection[str] = ()
) -> bool:
    """Read these people from the ledger, store what they came to, and mark the days that this touches: all or nothing.

    `senders`: whose days of messages sent to them are touched too. Returns False where no edition counts these facts any
    more.
    """
    counting = list(Edition.objects.select_for_update().filter(facts=facts, state__in=LIVE).order_by("pk"))
    history = read_people(keys, now=now, rules=facts.rules)
    if facts.business_hours == Edition.Hours.NOW:
        history = with_present_hours(history)
    moments = store_people(facts, keys, history) if counting else set()
    moments |= {sending.at for sending in history.sendings if sending.person in senders}
    for edition in counting:
        mark_days(edition, days_of(moments, edition))
    return bool(counting)


def next_people(reached: str) -> tuple[list[str], int, str]:
    """The keys of the next people, how many the ledger's events name by that, and up to whom that is."""
    if not reached.startswith(VISITOR):
        contacts = next_contacts(int(reached.removeprefix(CONTACT) or 0))
        if contacts:
            return [key_of_contact(each) for each in contacts], len(contacts), key_of_contact(contacts[-1])
    visitors = Event.objects.filter(visitor__isnull=False)
    if reached.startswith(VISITOR):
        visitors = visitors.filter(visitor__gt=reached.removeprefix(VISITOR))
    found = [
        str(each)
        for each in visitors.order_by("visitor").values_list("visitor", flat=True).distinct()[:AT_ONCE]
    ]
    if not found:
        return [], 0, EVERYBODY
    known = People(found).contact_of_visitor
    unknown = [key_of_visitor(visitor) for visitor in found if visitor not in known]
    return unknown, len(found), key_of_visitor(found[-1])


def next_contacts(after: int) -> list[int]:
    """Contacts with any event, or any visitor whose events may be theirs; those merged into others among them."""
    events = Event.objects.filter(contact__gt=after).order_by("contact").values_list("contact", flat=True)
    identities = ContactIdentity.objects.filter(kind=ContactIdentity.Kind.VISITOR, contact__gt=after)
    identified = identities.order_by("contact").values_list("contact", flat=True)
    return sorted({*events.distinct()[:AT_ONCE], *identified.distinct()[:AT_ONCE]})[:AT_ONCE]


def count_people() -> int:
    return sum(
        Event.objects.aggregate(Count("contact", distinct=True), Count("visitor", distinct=True)).values()
    )


def count_days_about(now: datetime) -> int:
    """How many days there will be to count, before anybody knows: since the first event."""
    first = Event.objects.aggregate(first=Min("occurred_at"))["first"]
    return (now - first).days + 1 if first else 0
