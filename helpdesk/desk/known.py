"""What is known of a ticket's customer, in the order in which an agent looks for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.people.attributes.facts import Fact, facts_of
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.tickets.models import Ticket

KIND = ContactIdentity.Kind


@dataclass(frozen=True)
class Known:
    """`head`: name and address. `shown` and `folded` are known, `missing` may be added, `others` nobody has defined."""

    head: list[Fact]
    shown: list[Fact]
    folded: list[Fact]
    missing: list[Fact]
    others: list[Fact]

    @property
    def below(self) -> int:
        return len(self.folded) + len(self.others)


def known_of(ticket: Ticket) -> Known:
    """Asks the database for nothing that the ticket's page has not read."""
    facts = facts_of(ticket.contact)
    own = facts.own | {
        "language": language_fact(facts.own["language"], ticket),
        "time_zone": time_fact(facts.own["time_zone"]),
    }
    rows = [own["company"], *facts.company, *facts.person, own["language"], own["time_zone"], own["phone"]]
    head = [fact for fact in (own["name"], own["email"]) if fact.words or fact.key == "name"]
    return Known(
        head,
        [fact for fact in rows if fact.words and not fact.is_folded],
        [fact for fact in rows if fact.words and fact.is_folded],
        [fact for fact in (own["email"], *rows) if not fact.words],
        facts.others,
    )


def drawn_as(fact: Fact, ticket: Ticket) -> Fact:
    """As its row says it beside this ticket."""
    if fact.key == "language" and fact.of == "person":
        return language_fact(fact, ticket)
    return time_fact(fact) if fact.key == "time_zone" and fact.of == "person" else fact


def language_fact(fact: Fact, ticket: Ticket) -> Fact:
    """The customer's own; where that is not known, or another, in which this conversation is."""
    here = language_name(ticket.language)
    if not here or here == fact.words:
        return fact
    if not fact.words:
        return replace(fact, words=here)
    return replace(fact, words=_("%(language)s, here %(other)s") % {"language": fact.words, "other": here})


def time_fact(fact: Fact) -> Fact:
    """What the customer's clock shows, where their time zone is known."""
    now = local_time_in(fact.raw)
    if now is None:
        return fact
    return replace(fact, label=_("Local time"), words=f"{time_format(now)} · {fact.words}")


def local_time_in(zone: str) -> time | None:
    try:
        return localtime(clock.now(), ZoneInfo(zone)).time() if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # "America" is a folder
        return None


def language_name(code: str) -> str:
    return dict(settings.LANGUAGES).get(code, code)


def other_addresses(contact: Contact, identities: Iterable[ContactIdentity]) -> list[tuple[str, bool]]:
    """Other addresses and accounts by which they are recognised, and whether each is proved; not their browsers."""
    own = contact.email.strip().lower()
    emails = [one for one in identities if one.kind == KIND.EMAIL and one.value != own]
    accounts = [one for one in identities if one.kind == KIND.TELEGRAM]
    return [(one.value, one.is_verified) for one in emails] + [
        (f"Telegram {one.value}", one.is_verified) for one in accounts
    ]
