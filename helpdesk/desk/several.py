"""The same change on many tickets at once: each by the verb that changes one, each on its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.desk.changes import CHANGES, Said
from helpdesk.desk.undoing import Outcome, Step, keep_undo, step_of
from helpdesk.errors import HelpdeskError, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.models import User
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.undoing import standing_of

MOST = 500
# What makes sense for many tickets at once; of the table CHANGES.
FOR_MANY = {"assignee", "department", "status", "priority", "tags", "snooze", "spam", "closure", "trash"}
HIDES = {"status", "snooze", "spam", "closure", "trash"}


@dataclass
class Done:
    """What became of them: `said` in the words of one of them, how many were like that already, and the way back."""

    outcome: Outcome
    said: str = ""
    unchanged: int = 0
    left_out: int = 0
    undo_id: int = 0


def change_one(ticket: Ticket, noun: str, form: QueryDict, user: User) -> tuple[Said, Step | None]:
    """One change of the table CHANGES, and the step that takes it back. The row is held from before to after, so that
    what a colleague does at the same moment is no part of it."""
    with transaction.atomic():
        held = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        before = standing_of(held)
        said = CHANGES[noun](held, form, Actor.agent(user))
        after = standing_of(Ticket.objects.get(pk=ticket.pk))
    return said, step_of(ticket.pk, before, after)


def make_change(ticket: Ticket, noun: str, form: QueryDict, user: User) -> Said:
    """One change of the table CHANGES on one ticket, with its way back kept; or with the form of its words, where that is
    more than making the ticket as it was."""
    if noun in FOR_MANY:
        said, step = change_one(ticket, noun, form, user)
        return replace(said, undo_id=keep_undo(user, [step]))
    return CHANGES[noun](ticket, form, Actor.agent(user))


def chosen_tickets(numbers: Iterable[int], user: User) -> QuerySet:
    return Ticket.objects.visible_to(user).filter(pk__in=list(numbers))


def change_many(
    tickets: QuerySet, noun: str, form: QueryDict, user: User, *, known_at: datetime | None = None
) -> Done:
    """The change on at most MOST of them, newest message first. Raises NotThere for a noun that is none for many.

    `known_at`: when the agent chose them. What would put a ticket out of the list is not done where its customer has
    written since: nobody would read it.
    """
    if noun not in FOR_MANY or noun not in CHANGES:
        raise NotThere
    found = list(tickets.order_by("-last_message_at", "-pk")[: MOST + 1])
    done, steps = Done(Outcome(), left_out=max(0, len(found) - MOST)), []
    unread = written_to_since(found, known_at) if noun in HIDES and known_at else set()
    for ticket in found[:MOST]:
        if ticket.pk in unread:
            done.outcome.refuse(ticket.pk, _("The customer has written meanwhile."))
            continue
        try:
            said, step = change_one(ticket, noun, form, user)
        except HelpdeskError as error:
            done.outcome.refuse(ticket.pk, str(error))
            continue
        if step is None:
            done.unchanged += 1
            continue
        steps.append(step)
        done.said = said.text
        done.outcome.done.append(ticket.pk)
    done.undo_id = keep_undo(user, steps)
    return done


def written_to_since(tickets: Iterable[Ticket], moment: datetime) -> set[int]:
    """The numbers of those to which their customers have written since."""
    fresh = [ticket for ticket in tickets if ticket.last_message_at > moment]
    asked = Message.objects.filter(ticket__in=fresh, kind=Message.Kind.INCOMING, created_at__gt=moment)
    return set(asked.values_list("ticket", flat=True)) if fresh else set()


def words_for(done: Done) -> str:
    """ "41 tickets: Closed. 2 were so already. 1 not (#7): It is merged." """
    count = len(done.outcome.done)
    words = []
    if count:
        head = ngettext("%(count)s ticket: %(what)s", "%(count)s tickets: %(what)s", count)
        words.append(head % {"count": count, "what": done.said})
    elif not done.outcome.refused:
        words.append(_("Nothing to change."))
    if done.unchanged and (count or done.outcome.refused):
        so = ngettext("%(count)s was so already.", "%(count)s were so already.", done.unchanged)
        words.append(so % {"count": done.unchanged})
    words.append(done.outcome.refused_in_words())
    if done.left_out:
        words.append(_("At most %(most)s at once: do it again for the rest.") % {"most": MOST})
    return " ".join(filter(None, words))
