"""One visitor as the team sees them: what their browser says, and what we know of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import TextChoices
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, get_supported_language_variant, pgettext_lazy
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.people.bans import banned_browsers
from helpdesk.people.models import Company, Contact, ContactIdentity, User
from helpdesk.people.presence import Here
from helpdesk.tickets.models import Ticket
from helpdesk.visitors.onlookers import Onlooker, colleagues_at

IDLE_AFTER = timedelta(minutes=10)  # on one page
TALK_LASTS = timedelta(minutes=30)  # after its last message
# Where everybody has an address, it says nothing of who somebody works for.
FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "icloud.com", "me.com"),
        *("yahoo.com", "yahoo.it", "yahoo.ro", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de"),
        *("libero.it", "virgilio.it", "tiscali.it", "qq.com", "163.com", "126.com"),
    }
)


class State(TextChoices):
    """In the order of who needs somebody most."""

    WAITING = "waiting", pgettext_lazy("visitor", "Waiting")
    CHATTING = "chatting", pgettext_lazy("visitor", "In a chat")
    BROWSING = "browsing", pgettext_lazy("visitor", "Browsing")
    IDLE = "idle", pgettext_lazy("visitor", "Idle")


@dataclass(frozen=True)
class Row:
    """`contact` is whom we know them as, where this agent may know it; `ticket` the open conversation in this inbox;
    `is_hidden`: there is one, of a department closed to the agent."""

    here: Here
    inbox: Inbox
    state: State
    contact: Contact | None = None
    ticket: Ticket | None = None
    is_hidden: bool = False
    company: str = ""
    onlookers: Sequence[Onlooker] = ()  # colleagues who have them before them, too

    @property
    def visitor(self) -> UUID:
        return UUID(hex=self.here.visitor)

    @property
    def name(self) -> str:
        said = self.here.said
        if self.contact:
            return str(self.contact)
        return said.get("name") or said.get("email") or self.number

    @property
    def number(self) -> str:
        return _("Visitor %(number)s") % {"number": self.here.visitor[:4].upper()}

    @property
    def is_named(self) -> bool:
        if self.contact:
            return bool(self.contact.name or self.contact.email)
        return self.name != self.number

    @property
    def is_claimed(self) -> bool:
        """Whether the name is only what the site says."""
        return self.is_named and not self.contact and not self.here.is_signed

    @property
    def with_whom(self) -> User | None:
        return self.ticket.assignee if self.ticket and self.state == State.CHATTING else None

    @property
    def department_id(self) -> int | None:
        return (self.ticket and self.ticket.department_id) or self.inbox.department_id

    @property
    def page(self) -> str:
        return self.here.title or self.path

    @property
    def path(self) -> str:
        parts = urlsplit(self.here.url)
        return (parts.netloc + parts.path).removesuffix("/") + (f"?{parts.query}" if parts.query else "")

    @property
    def referrer(self) -> str:
        return urlsplit(self.here.referrer).netloc.removeprefix("www.")

    @property
    def language(self) -> str:
        try:
            return (
                get_language_info(self.here.language.lower())["name_translated"] if self.here.language else ""
            )
        except KeyError:
            return self.here.language

    @property
    def local_time(self) -> datetime | None:
        try:
            return localtime(clock.now(), ZoneInfo(self.here.zone)) if self.here.zone else None
        except (ZoneInfoNotFoundError, ValueError, OSError):  # "America" is a folder
            return None

    @property
    def since(self) -> datetime:
        return moment(self.here.since)

    @property
    def minutes(self) -> int:
        """On the site, in this visit."""
        return max(0, int(clock.now().timestamp() - self.here.since) // 60)

    @property
    def trail(self) -> list[tuple[datetime, str, str]]:
        """When, where, and the page's title; the newest first."""
        return [(moment(at), url, title) for at, url, title in self.here.trail]

    @property
    def said(self) -> list[tuple[str, str, bool]]:
        """What the site says of the visitor beside the name: (name, value, whether it is proved)."""
        here = self.here
        return [
            (name, value, here.is_signed or (here.is_proved and name == "user_id"))
            for name, value in here.said.items()
            if value != self.name
        ]


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def rows_of(heres: Iterable[Here], inboxes: Iterable[Inbox], user: User) -> list[Row]:
    """The visitors in these chat inboxes with what is known of them; seven questions to the database at most, however many."""
    by_id = {inbox.pk: inbox for inbox in inboxes}
    banned = banned_browsers()
    heres = [here for here in heres if here.inbox in by_id and UUID(hex=here.visitor) not in banned]
    contacts = contacts_of(heres)
    tickets = open_tickets(contacts.values(), by_id)
    visible = set(
        Ticket.objects.visible_to(user)
        .filter(pk__in=[one.pk for one in tickets.values()])
        .values_list("pk", flat=True)
    )
    known = known_to(user, contacts.values())
    talks = {here.visitor: visible_talk(here, contacts, tickets, visible) for here in heres}
    colleagues = colleagues_at([(UUID(hex=visitor), talk) for visitor, talk in talks.items()], user)
    companies = companies_of([contact for contact in contacts.values() if contact.pk in known])
    rows = []
    for here in heres:
        contact = contacts.get(here.visitor)
        if contact and contact.is_blocked:
            continue
        ticket = tickets.get((contact.pk, here.inbox)) if contact else None
        rows.append(
            Row(
                here=here,
                inbox=by_id[here.inbox],
                state=state_of(here, ticket),
                contact=contact if contact and contact.pk in known else None,
                ticket=ticket if ticket and ticket.pk in visible else None,
                is_hidden=bool(ticket and ticket.pk not in visible),
                company=companies.get(contact.pk, "") if contact else "",
                onlookers=colleagues.get(UUID(hex=here.visitor), ()),
            )
        )
    return rows


def visible_talk(
    here: Here, contacts: Mapping[str, Contact], tickets: Mapping[tuple[int, int], Ticket], visible: set[int]
) -> int | None:
    """The ticket (id) of this visitor's open conversation, where the agent may see it."""
    contact = contacts.get(here.visitor)
    ticket = tickets.get((contact.pk, here.inbox)) if contact else None
    return ticket.pk if ticket and ticket.pk in visible else None


def state_of(here: Here, ticket: Ticket | None) -> State:
    now = clock.now()
    if ticket and ticket.waiting_since:
        return State.WAITING
    if ticket and now - ticket.last_message_at < TALK_LASTS:
        return State.CHATTING
    is_still = now - moment(here.page_since) > IDLE_AFTER
    return State.IDLE if here.is_hidden or is_still else State.BROWSING


def contacts_of(heres: Iterable[Here]) -> dict[str, Contact]:
    """Visitor (32 hexadecimal digits) -> the contact that they are known as."""
    values = [str(UUID(hex=here.visitor)) for here in heres]
    identities = ContactIdentity.objects.filter(
        kind=ContactIdentity.Kind.VISITOR, value__in=values
    ).select_related("contact__company", "contact__merged_into__company")
    return {one.value.replace("-", ""): one.contact.merged_into or one.contact for one in identities}


def known_to(user: User, contacts: Iterable[Contact]) -> set[int]:
    """Those of these contacts (ids) whose name this agent may know: not who wrote only to departments closed to them."""
    ids = {contact.pk for contact in contacts}
    if user.is_admin:
        return ids
    seen = set(Ticket.objects.visible_to(user).filter(contact__in=ids).values_list("contact", flat=True))
    closed = Ticket.objects.filter(contact__in=ids - seen).values_list("contact", flat=True)
    return ids - set(closed)


def open_tickets(contacts: Iterable[Contact], inbox_ids: Iterable[int]) -> dict[tuple[int, int], Ticket]:
    """(contact, inbox) -> the conversation that is open there, the last one where there are more."""
    tickets = (
        Ticket.objects.unfinished()
        .filter(contact__in={contact.pk for contact in contacts}, inbox__in=list(inbox_ids))
        .select_related("assignee")
        .order_by("last_message_at")
    )
    return {(ticket.contact_id, ticket.inbox_id): ticket for ticket in tickets}


def companies_of(contacts: Iterable[Contact]) -> dict[int, str]:
    """Contact -> whom they work for: as we know it, else by their mail address."""
    domains = {contact.pk: contact.email.rpartition("@")[2].lower() for contact in contacts}
    named = dict(Company.objects.filter(domain__in={*domains.values()} - {""}).values_list("domain", "name"))
    return {
        contact.pk: contact.company.name if contact.company else named.get(domain) or own_domain(domain)
        for contact in contacts
        for domain in [domains[contact.pk]]
    }


def own_domain(domain: str) -> str:
    return "" if domain in FREE_MAIL else domain


def language_of(here: Here) -> str:
    """The language of ours nearest to the browser's."""
    try:
        return get_supported_language_variant(here.language.lower())
    except (LookupError, ValueError):
        return settings.LANGUAGE_CODE
