"""The form of a saved view whose tickets are found by conditions (helpdesk.conditions), and what it would show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.conditions import editor_of, faults_of, normal_group
from helpdesk.conditions.editing import EditedLine, GroupEditor
from helpdesk.conditions.fields import TICKET
from helpdesk.desk.asks import offers_for
from helpdesk.desk.counting import COUNTED_UP_TO
from helpdesk.desk.filters.parsing import parse_query
from helpdesk.desk.piles import view_pile
from helpdesk.desk.place import place_of_pile
from helpdesk.desk.saved_forms import SavedViewForm
from helpdesk.desk.search import search
from helpdesk.people.models import User
from helpdesk.tickets.models import SavedView, Ticket

OPEN, SNOOZED, CLOSED, ALL = "is:open", "is:snoozed", "is:closed", ""
AMONG = (
    (OPEN, _("Open tickets")),
    (SNOOZED, _("Snoozed tickets")),
    (CLOSED, _("Closed tickets")),
    (ALL, _("All but spam and the trash")),
)
FIRST_SHOWN = 5


class ConditionViewForm(SavedViewForm):
    """As for a filter, with a group of conditions. `conditions` is the group as it was sent or is stored; `faults` says what
    is wrong with it, by its place."""

    query = forms.ChoiceField(label=pgettext_lazy("view", "Tickets"), required=False)
    needs_open = _("This order is for open tickets.")

    def __init__(self, *args: Any, user: User, conditions: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.conditions = normal_group(conditions)
        self.faults: dict[str, str] = {}
        begun = str(self.data.get("query", self.initial.get("query", OPEN)))
        self.initial["audience"] = (kwargs.get("initial") or {}).get("audience") or self.initial["audience"]
        own = [] if begun in dict(AMONG) else [(begun, begun)]  # a filter that the conditions are added to
        self.fields["query"].choices = [*own, *AMONG]

    def clean_query(self) -> str:
        query = self.cleaned_data["query"]
        self.asked = parse_query(query)
        if query and (problems := search(query, self.user).problems):
            raise forms.ValidationError([str(problem) for problem in problems])
        return str(self.asked)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.faults = faults_in(self.conditions)
        if self.faults:
            self.add_error(None, _("Some of the conditions can’t be asked as they are."))
        return data

    def keep(self) -> SavedView:
        self.instance.conditions = self.conditions
        return super().keep()

    @property
    def editor(self) -> GroupEditor:
        return editor_of(self.conditions, scope=TICKET, offers=offers_for(self.user), faults=self.faults)

    @property
    def named_faults(self) -> list[tuple[str, str]]:
        """(field, what is wrong with it), for the top of the page."""
        return name_faults(self.editor.lines, self.faults)


def faults_in(conditions: Any) -> dict[str, str]:
    if not conditions["lines"]:
        return {"conditions": _now("Add a condition.")}
    return dict(faults_of(conditions, scope=TICKET))


def name_faults(lines: tuple[EditedLine, ...], faults: Mapping[str, str]) -> list[tuple[str, str]]:
    whole = [("", faults["conditions"])] if "conditions" in faults else []
    every = [inner for line in lines for inner in (line, *line.lines)]
    return whole + [(str(line.field.label) if line.field else "", line.fault) for line in every if line.fault]


@dataclass(frozen=True)
class Preview:
    """What a view would show to this agent now: the first tickets of it, and how many there are up to a bound."""

    first: list[Ticket]
    number: int
    has_more: bool = False
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether so many were found as are counted; else not all tickets were looked at."""
        return self.number >= COUNTED_UP_TO


def preview_of(form: ConditionViewForm, query: str, sort: str) -> Preview:
    """Of the form as it stands, whether it could be saved or not."""
    faults = faults_in(form.conditions)
    if faults:
        lines = editor_of(form.conditions, scope=TICKET, offers=offers_for(form.user), faults=faults).lines
        return Preview([], 0, faults=tuple(name_faults(lines, faults)))
    view = SavedView(query=query, sort=sort, conditions=form.conditions)
    page = place_of_pile(view_pile(view), form.user).page(form.user, size=COUNTED_UP_TO)
    return Preview(page.rows[:FIRST_SHOWN], len(page.rows), bool(page.next_cursor))
