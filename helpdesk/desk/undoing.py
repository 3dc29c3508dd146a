"""One way back for whatever an agent changed with one press, on one ticket or on many."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import clock
from helpdesk.desk.changes import CHANGES, Said
from helpdesk.desk.models import Undo
from helpdesk.errors import Conflict, HelpdeskError, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.undoing import ChangedSince, Standing, changes_between, put_back

WITHIN = timedelta(hours=1)
MOST_NAMED = 3

Step = dict[str, Any]


@dataclass
class Outcome:
    """What became of each ticket: the numbers of those it worked for, and of the others by the reason why not."""

    done: list[int] = field(default_factory=list)
    refused: dict[str, list[int]] = field(default_factory=dict)
    is_moved: bool = False
    rest: list[str] = field(default_factory=list)  # what of it had to stay, in sentences

    def refuse(self, number: int, why: str) -> None:
        self.refused.setdefault(why.rstrip(".。"), []).append(number)

    def refused_in_words(self) -> str:
        """ "2 not (#4, #7): Dana may not see it." for each reason; "" where there is none."""
        return " ".join(
            _("%(count)s not (%(numbers)s): %(reason)s.")
            % {"count": len(numbers), "numbers": named(numbers), "reason": why}
            for why, numbers in self.refused.items()
        )


def named(numbers: list[int]) -> str:
    shown = ", ".join(f"#{number}" for number in numbers[:MOST_NAMED])
    return f"{shown}, …" if len(numbers) > MOST_NAMED else shown


def step_of(ticket: int, before: Standing, after: Standing) -> Step | None:
    """What takes the change back; None where nothing has changed."""
    names = changes_between(before, after)
    return {"ticket": ticket, "before": before, "after": after} if names else None


def keep_undo(user: User, steps: Iterable[Step | None]) -> int:
    """Remember how what was just done is taken back, as one. Returns the row's number; 0 where nothing was done."""
    kept = [step for step in steps if step]
    return Undo.objects.create(user=user, made_at=clock.now(), steps=kept).pk if kept else 0


def with_undo(said: Said, ticket: int, user: User) -> Said:
    """The same words; where they name a form that takes it back, with that kept."""
    if said.undo is None or said.undo_id:
        return said
    noun, name, value = said.undo
    step = {"ticket": ticket, "noun": noun, "form": {name: str(value)}}
    return replace(said, undo_id=keep_undo(user, [step]))


def find_undo(user: User, pk: int | None = None) -> Undo:
    """The one with this number, else the agent's last. Raises NotThere where there is none, or it was too long ago."""
    mine = Undo.objects.filter(user=user, made_at__gt=clock.now() - WITHIN)
    mine = mine.filter(pk=pk) if pk else mine.filter(undone_at=None)
    undo = mine.order_by("-pk").first()
    if undo is None:
        raise NotThere(_("There is nothing to take back."))
    return undo


def take_back(undo: Undo, user: User) -> Outcome:
    """Undo each step that can be: on its own, so that one which somebody else went on from leaves the others alone."""
    with transaction.atomic():
        locked = Undo.objects.select_for_update().get(pk=undo.pk)
        if locked.undone_at:
            raise Conflict(_("That has been taken back already."))
        locked.undone_at = clock.now()
        locked.save(update_fields=["undone_at"])
    outcome = Outcome()
    for step in undo.steps:
        try:
            take_back_step(step, user, outcome)
        except HelpdeskError as error:
            outcome.refuse(step["ticket"], str(error))
        else:
            outcome.done.append(step["ticket"])
    return outcome


def take_back_step(step: Step, user: User, outcome: Outcome) -> None:
    by = Actor.agent(user)
    ticket = find_own(step, user)
    if "noun" in step:
        form = QueryDict(mutable=True)
        form.update(step["form"])
        said = CHANGES[step["noun"]](ticket, form, by)
        outcome.is_moved |= said.is_moved
        outcome.rest += [said.rest] if said.rest else []
        return
    put_back(ticket, step["before"], step["after"], by=by)


def find_own(step: Step, user: User) -> Ticket:
    """The ticket, also where the change itself put it out of this agent's sight, as long as nothing happened there since."""
    seen = Ticket.objects.visible_to(user).filter(pk=step["ticket"]).first()
    if seen:
        return seen
    hidden = Ticket.objects.filter(pk=step["ticket"]).first()
    if hidden and "after" in step and hidden.updated_at.isoformat() == step["after"]["updated_at"]:
        return hidden
    raise ChangedSince(_("it is closed to you now"))


def words_for(outcome: Outcome, steps: int) -> str:
    """What came of taking back."""
    if steps == 1:
        refused = next(iter(outcome.refused), "")
        if refused:
            return _("Not taken back: %(reason)s.") % {"reason": refused}
        return " ".join([_("Taken back."), *outcome.rest])
    done = len(outcome.done)
    said = ngettext("Taken back on %(count)s ticket.", "Taken back on %(count)s tickets.", done)
    return " ".join(filter(None, [said % {"count": done}, outcome.refused_in_words()]))
