"""The desk's words for sets of tickets and messages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from helpdesk import clock
from helpdesk.people.sight import hidden_from

if TYPE_CHECKING:
    from helpdesk.people.models import Contact, User

UNFINISHED = ("new", "open", "pending", "on_hold")
FINISHED = ("solved", "closed")
ESCALATED_AFTER = timedelta(hours=4)  # nobody has it and the customer waits
ESCALATED_ANYWAY_AFTER = timedelta(hours=24)  # the customer waits, whoever has it


def needs_a_look(now: datetime) -> Q:
    """Escalated, or waiting too long at this moment. For tickets that are awake."""
    alone = Q(assignee=None) | Q(waiting_since__lt=now - ESCALATED_ANYWAY_AFTER)
    return Q(escalated_at__isnull=False) | (alone & Q(waiting_since__lt=now - ESCALATED_AFTER))


class TicketQuerySet(QuerySet):
    def visible_to(self, user: "User") -> "TicketQuerySet":
        """Admins see all; agents all but the restricted departments they are no members of."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(
            Q(department=None)
            | Q(department__is_restricted=False)
            | Q(department__in=user.departments.values("pk"))
        )

    def in_sight_of(self, user: "User") -> "TicketQuerySet":
        """As visible_to, by the departments that were read once for this user object: no join, and no question in the question.
        For pages; a socket lives longer than a membership may."""
        return self.outside(hidden_from(user)) if user.is_active else self.none()

    def outside(self, departments: Sequence[int]) -> "TicketQuerySet":
        return self.exclude(department__in=departments) if departments else self

    def of(self, contact: "Contact") -> "TicketQuerySet":
        return self.filter(contact=contact)

    def real(self) -> "TicketQuerySet":
        """Neither spam nor in the trash."""
        return self.filter(is_spam=False, trashed_at=None)

    def unfinished(self) -> "TicketQuerySet":
        return self.real().filter(status__in=UNFINISHED)

    def finished(self) -> "TicketQuerySet":
        """Without those that were merged: their messages are found on the ticket they went into."""
        return self.real().filter(status__in=FINISHED, merged_into=None)

    def awake(self) -> "TicketQuerySet":
        """In the working list now: unfinished and not snoozed."""
        return self.unfinished().filter(snoozed_until=None)

    def snoozed(self) -> "TicketQuerySet":
        return self.unfinished().exclude(snoozed_until=None)

    def due_to_wake(self) -> "TicketQuerySet":
        return self.filter(snoozed_until__lte=clock.now())

    def assigned_to(self, user: "User") -> "TicketQuerySet":
        return self.filter(assignee=user)

    def unassigned(self) -> "TicketQuerySet":
        return self.filter(assignee=None)

    def escalated(self) -> "TicketQuerySet":
        """A person has to look: it was escalated, or the customer waits too long: for a day, or for hours while nobody has
        it. To the minute, so that the same question is the same statement for a while."""
        return self.awake().filter(needs_a_look(clock.now().replace(second=0, microsecond=0)))

    def waiting(self) -> "TicketQuerySet":
        """The customer wrote last and nobody has answered."""
        return self.exclude(waiting_since=None)

    def spam(self) -> "TicketQuerySet":
        return self.filter(is_spam=True, trashed_at=None)

    def trashed(self) -> "TicketQuerySet":
        return self.exclude(trashed_at=None)

    def mentioning(self, user: "User") -> "TicketQuerySet":
        """Somebody wrote @ and their name, or their department's, in a note of it."""
        return self.filter(mentions__user=user)


class MessageQuerySet(QuerySet):
    def public(self) -> "MessageQuerySet":
        """What the customer may see, once: never a note, a copy, or an answer still in its undo window."""
        return self.exclude(kind__in=("note", "copy")).exclude(kind="outgoing", released_at=None)

    def in_order(self) -> "MessageQuerySet":
        return self.order_by("created_at", "id")

    def due(self) -> "MessageQuerySet":
        """Answers to release or to hand over now, among them those whose worker died on the way."""
        now = clock.now()
        return self.filter(
            Q(state="queued", next_attempt_at__lte=now) | Q(state="sending", next_attempt_at__lte=now),
            kind__in=("outgoing", "copy"),
        )
