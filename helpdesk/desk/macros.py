"""A macro's steps, done at once or with what is being sent, and said in a sentence with their undo."""

from collections.abc import Iterable, Mapping, Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _

from helpdesk.asked import read_number
from helpdesk.desk.changes import Said
from helpdesk.errors import Invalid
from helpdesk.people.models import User
from helpdesk.tickets.models import MacroRun, Message, Shortcut, Ticket
from helpdesk.tickets.shortcuts.placeholders import unfilled_in
from helpdesk.tickets.shortcuts.running import run_macro
from helpdesk.tickets.shortcuts.steps import Offers
from helpdesk.tickets.shortcuts.usage import note_use

MOST_STAGED = 5


class Unfilled(Invalid):
    """The text still holds blanks."""

    code = "unfilled"


def refuse_unfilled(form: QueryDict) -> None:
    """Raises Unfilled where a placeholder still stands in the text, unless the writer said that it is meant so."""
    if form.get("unfilled") != "ok" and (left := unfilled_in(form.get("text", ""))):
        raise Unfilled(
            _("Not filled in: %(names)s. Write what belongs there, or take it out.")
            % {"names": ", ".join(left)},
            field="unfilled",
        )


def staged_in(form: Mapping, ticket: Ticket, user: User, *, kind: str = "") -> list[Shortcut]:
    """The shortcuts that were taken for the answer (`macro_reply` of the form) or the note (`macro_note`), each once, as
    they were chosen; without a `kind` those of what is being sent."""
    name = f"macro_{kind or ('note' if form.get('kind') == 'note' else 'reply')}"
    chosen = form.getlist(name) if isinstance(form, QueryDict) else form.get(name, ())
    return chosen_shortcuts(chosen, ticket, user)


def chosen_shortcuts(chosen: Iterable[object], ticket: Ticket, user: User) -> list[Shortcut]:
    """Those of the ids that this user may use here, each once, in their order; at most MOST_STAGED."""
    numbers = list(dict.fromkeys(filter(None, (read_number(str(one)) for one in chosen))))[:MOST_STAGED]
    if not numbers:
        return []
    found = Shortcut.objects.offered(ticket, user).in_bulk(numbers)
    return [found[number] for number in numbers if number in found]


def run_staged(message: Message, ticket: Ticket, shortcuts: Sequence[Shortcut], user: User) -> Said | None:
    """Do the steps of what went into the message, and count the use of each; None where nothing was done.

    What can be taken back with the message itself has no undo of its own.
    """
    runs = []
    for shortcut in shortcuts:
        if shortcut.is_macro:
            runs.append(run_macro(ticket, shortcut, user=user, message=message))
        else:
            note_use(shortcut, user)
    done = [run for run in runs if run.done]
    if not done:
        return None
    waits = message.kind == Message.Kind.OUTGOING and message.released_at is None
    return said_of(done, user, has_undo=not waits)


def said_of(runs: Sequence[MacroRun], user: User, *, has_undo: bool = True) -> Said:
    """*Done: Assign to: Whoever uses it, Add the tag: refund*, with one undo for all of it."""
    done = [action for run in runs for action in run.done]
    if not done:
        return Said(_("There was nothing to change."))
    undo = ("macro", "runs", ",".join(str(run.pk) for run in runs)) if has_undo else None
    words = ", ".join(Offers(user).said_here(done, runs[0].ticket))
    return Said(_("Done: %(steps)s.") % {"steps": words}, undo, is_moved=any(run.notes for run in runs))
