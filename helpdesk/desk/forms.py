from uuid import uuid4

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import find_or_create_contact
from helpdesk.people.models import ContactIdentity, User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import begin_ticket


class NewTicketForm(forms.Form):
    """An agent writes to a customer by mail."""

    email = forms.EmailField(label=_("To"), help_text=_("The customer's email address."))
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120, required=False)
    inbox = forms.ModelChoiceField(Inbox.objects.none(), label=_("From"), empty_label=None)
    department = forms.ChoiceField(label=_("Department"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=250)
    text = forms.CharField(label=_("Message"), widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}))
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.departments = {str(department.pk): department for department in departments_of(user)}
        inboxes = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True)
        seen = Q(department=None) | Q(department__in=self.departments.values())
        self.fields["inbox"].queryset = inboxes.filter(seen).order_by("name")
        self.fields["department"].choices = [
            ("", _("As the inbox")),
            *((pk, str(department)) for pk, department in self.departments.items()),
        ]

    def begin(self, *, by: Actor) -> Ticket:
        data = self.cleaned_data
        with transaction.atomic():
            contact = find_or_create_contact(ContactIdentity.Kind.EMAIL, data["email"], name=data["name"])
            return begin_ticket(
                contact=contact,
                inbox=data["inbox"],
                subject=data["subject"],
                text=data["text"],
                department=self.departments.get(data["department"]),
                by=by,
                client_uuid=data["client_uuid"],
            )
