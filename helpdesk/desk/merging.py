"""What the merge dialog shows: which tickets could be meant, and what would become of the two."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from helpdesk.desk.search import search_tickets
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.merging import is_opened_up, lacking
from helpdesk.tickets.models import Ticket

MOST_CHOICES = 8


@dataclass(frozen=True)
class Preview:
    """`kept` stays, `gone` goes into it; each with `message_count`. `people`: who else gets the answers then."""

    kept: Ticket
    gone: Ticket

    @property
    def shows_restricted(self) -> bool:
        return is_opened_up(self.gone, into=self.kept)

    @property
    def hides(self) -> bool:
        """Whether people who see the messages of `gone` now would see them no more."""
        return is_opened_up(self.kept, into=self.gone)

    @property
    def tags(self) -> list[str]:
        """Those that come along."""
        return lacking(self.kept, self.gone)["tags"]

    @property
    def agent(self) -> User | None:
        """Who had `gone` and has `kept` then."""
        return self.gone.assignee if lacking(self.kept, self.gone)["assignee"] else None

    @property
    def has_two_customers(self) -> bool:
        return self.kept.contact_id != self.gone.contact_id


def choices_for(ticket: Ticket, query: str, user: User) -> list[Ticket]:
    """The tickets that the words fit; without words the customer's own, open ones first."""
    found = (
        search_tickets(query, user) if query.strip() else Ticket.objects.visible_to(user).of(ticket.contact)
    )
    rows = mergeable(found, ticket).order_by("-last_message_at", "-pk")[:MOST_CHOICES]
    return sorted(rows, key=lambda other: other.is_finished)


def mergeable(tickets: QuerySet, ticket: Ticket) -> QuerySet:
    return tickets.real().filter(merged_into=None).exclude(pk=ticket.pk).select_related("contact")


def preview_of(ticket: Ticket, other: Ticket, keep: str) -> Preview:
    """`keep` is the number of the one that stays; where it is neither, a chat, which can't go into a mail, else the older."""
    likely, other = sorted((ticket, other), key=lambda one: (one.channel != Inbox.Kind.WEBCHAT, one.pk))
    return Preview(other, likely) if keep == str(other.pk) else Preview(likely, other)


def counted(pk: int, user: User) -> Ticket | None:
    """A ticket the agent may see, with how many messages it has."""
    tickets = Ticket.objects.visible_to(user).select_related("contact", "department")
    return tickets.annotate(message_count=Count("messages")).filter(pk=pk).first()
