"""The form by which a phone call is written down."""

from collections.abc import Mapping
from uuid import uuid4

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk import clock
from helpdesk.events.actor import Actor
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.calls import Call, begin_call_ticket, caller, change_call, log_call
from helpdesk.tickets.models import Message, PhoneCall, Ticket
from helpdesk.tickets.writing import LONGEST_TEXT

MINUTE = 60


class CallForm(forms.Form):
    """A call on a ticket that is there. Length in minutes, 0 where nobody answered."""

    direction = forms.ChoiceField(label=_("Who called"), choices=PhoneCall.Direction.choices)
    number = forms.CharField(
        label=_("Their number"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    started_at = forms.DateTimeField(
        label=pgettext_lazy("call", "When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=0, max_value=720, initial=5, help_text=_("0 where nobody answered.")
    )
    text = forms.CharField(
        label=_("What was said"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Only your team sees this."),
    )
    recording = forms.URLField(
        label=_("Link to the recording"), required=False, max_length=500, assume_scheme="https"
    )
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)

    field_order = ("direction", "number", "started_at", "minutes", "text", "recording", "client_uuid")

    def __init__(self, data: Mapping | None, *, number: str = "") -> None:
        moment = localtime(clock.now()).replace(second=0, microsecond=0)
        super().__init__(data, initial={"started_at": moment, "number": number})
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "select" if name == "direction" else "input"

    def call(self) -> Call:
        data = self.cleaned_data
        return Call(
            direction=data["direction"],
            number=data["number"],
            started_at=data["started_at"],
            seconds=data["minutes"] * MINUTE,
            text=data["text"],
            recording=data["recording"],
        )

    def log(self, ticket: Ticket, *, by: Actor) -> Message:
        """Raises Invalid as the verb does."""
        return log_call(ticket, self.call(), by=by, client_uuid=self.cleaned_data["client_uuid"])


class ChangeCallForm(CallForm):
    """Its moment and direction stay."""

    direction = started_at = client_uuid = None  # type: ignore[assignment]

    def __init__(self, data: Mapping | None, *, message: Message) -> None:
        super().__init__(data)
        self.message, held = message, message.call
        self.initial = {
            "number": held.number,
            "minutes": -(-held.seconds // MINUTE),
            "text": message.text,
            "recording": held.recording,
        }

    def change(self, *, by: Actor) -> Message:
        data, held = self.cleaned_data, self.message.call
        kept = held.seconds if data["minutes"] == self.initial["minutes"] else data["minutes"] * MINUTE
        call = Call(held.direction, data["number"], held.started_at, kept, data["text"], data["recording"])
        return change_call(self.message, call, by=by)


class NewCallForm(CallForm):
    """A call that begins a ticket: the customer is found by the number, or made."""

    name = forms.CharField(
        label=_("Their name"),
        max_length=120,
        required=False,
        help_text=_("Where we do not know the number yet."),
    )
    subject = forms.CharField(label=_("Subject"), max_length=250)
    department = forms.ChoiceField(label=_("Department"), required=False)

    field_order = (
        *("direction", "number", "name", "started_at", "minutes", "subject", "department"),
        *("text", "recording", "client_uuid"),
    )

    def __init__(self, data: Mapping | None, *, user: User, number: str = "") -> None:
        super().__init__(data, number=number)
        self.user = user
        self.fields["number"].required = True
        self.departments = {str(department.pk): department for department in departments_of(user)}
        choices = [(pk, str(department)) for pk, department in self.departments.items()]
        self.fields["department"].choices = [("", _("None")), *choices]
        self.fields["department"].widget.attrs["class"] = "select"

    def begin(self, *, by: Actor) -> Ticket:
        data = self.cleaned_data
        return begin_call_ticket(
            caller(data["number"], name=data["name"], user=self.user),
            self.call(),
            subject=data["subject"],
            department=self.departments.get(data["department"]),
            by=by,
            client_uuid=data["client_uuid"],
        )
