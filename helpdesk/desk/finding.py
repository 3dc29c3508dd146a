"""One ticket with all that its page prints, by one question."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from helpdesk.desk.beside import identities_told, past_told, ratings_told
from helpdesk.desk.drafts import all_drafts
from helpdesk.desk.timeline import last_looks
from helpdesk.errors import NotThere
from helpdesk.people.models import ContactMerge, User
from helpdesk.people.sight import hidden_from
from helpdesk.prepared import Prepared
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.noticing import notices_of
from helpdesk.tickets.participants import PEOPLE_TOLD

HIGHEST = 2**63 - 1  # number of a ticket


def find_ticket(pk: int, user: User) -> Ticket:
    """The ticket with all its page prints. Raises NotThere where it is none the agent may see."""
    can_be_seen = user.is_active and pk <= HIGHEST
    ticket = FOUND.first(tuple(hidden_from(user)), ticket=pk, user=user.pk) if can_be_seen else None
    if ticket is None:
        raise NotThere
    return ticket


def with_all_it_prints(hidden: Sequence[int], *, ticket: int, user: int) -> QuerySet:
    """`hidden`: the departments whose tickets the user does not see."""
    asked = Message.objects.filter(ticket=OuterRef("pk"), kind=Message.Kind.INCOMING)
    newest = asked.order_by("-created_at", "-id").values("channel")[:1]  # answers go back by it
    reader = User(pk=user)
    tickets = Ticket.objects.outside(hidden).annotate(
        asked_by=Subquery(newest),
        seen_up_to=Coalesce(Subquery(last_looks(reader)), 0),
        has_notices=Exists(notices_of(reader)),
        people_told=PEOPLE_TOLD,
        begun=all_drafts(reader),
        identities_told=identities_told(),
        past_told=past_told(hidden),
        ratings_told=ratings_told(hidden),
        was_several=Exists(
            ContactMerge.objects.filter(gone__merged_into=OuterRef("contact"), undone_at=None)
        ),
    )
    return tickets.select_related("contact__company", "assignee", "department", "inbox").filter(pk=ticket)


FOUND = Prepared(with_all_it_prints)
