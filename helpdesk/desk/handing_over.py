"""The form by which a ticket is handed over: to which department, to whom there, and why."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from helpdesk.desk.about import colleagues_of
from helpdesk.events.actor import Actor
from helpdesk.people.availability import name_and_state
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.handing_over import hand_over_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import LONGEST_TEXT


class DepartmentField(forms.ModelChoiceField):
    def label_from_instance(self, department: Any) -> str:
        """With the languages in which it answers, where it says so."""
        known = dict(settings.LANGUAGES)
        languages = ", ".join(known[code] for code in department.languages if code in known)
        return f"{department} ({languages})" if languages else str(department)


class HandOverForm(forms.Form):
    """Members of the chosen department come first among the agents; whoever has the ticket now is not offered."""

    department = DepartmentField(None, label=_("Department"), required=False, empty_label=_("None"))
    agent = forms.ModelChoiceField(None, label=_("Agent"), required=False)
    note = forms.CharField(
        label=_("Why, and what they should know"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Only your team sees this."),
    )

    def __init__(self, data: Mapping | None, *, ticket: Ticket, user: User, wanted: Mapping) -> None:
        """`wanted`: what was chosen so far in a form that is not sent yet."""
        super().__init__(data, initial={"department": ticket.department_id, **wanted})
        self.ticket = ticket
        seen = [department.pk for department in departments_of(user)]
        self.fields["department"].queryset = departments().filter(pk__in=seen)
        chosen = departments().filter(pk=number_in(self["department"].value())).first()
        able = [one for one in colleagues_of(Ticket(department=chosen), user) if one.pk != ticket.assignee_id]
        self.fields["agent"].queryset = User.objects.agents()
        self.fields["agent"].choices = grouped(able, chosen)
        for name, css in (("department", "select"), ("agent", "select"), ("note", "input")):
            self.fields[name].widget.attrs["class"] = css
        self.fields["department"].widget.attrs["autofocus"] = True

    def hand_over(self, *, by: Actor) -> Ticket:
        """Call it where the form is valid. Raises Invalid as the verb does."""
        data = self.cleaned_data
        return hand_over_ticket(
            self.ticket, department=data["department"], to=data["agent"], note=data["note"], by=by
        )


def grouped(able: list[User], department: object | None) -> list:
    """Nobody in particular, then the department's own members, then the others."""
    members = set(department.members.values_list("pk", flat=True)) if department else set()
    own = [(one.pk, name_and_state(one)) for one in able if one.pk in members]
    others = [(one.pk, name_and_state(one)) for one in able if one.pk not in members]
    anybody = [("", _("Whoever takes it"))]
    if not own:
        return anybody + others
    return [*anybody, (str(department), own), *([(_("Others"), others)] if others else [])]


def departments() -> object:
    return apps.get_model("routing", "Department").objects.filter(is_active=True)


def number_in(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
