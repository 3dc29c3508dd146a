"""The form of a webhook."""

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.errors import Invalid
from routing.models import Webhook
from routing.webhooks.saving import checked_url


class WebhookForm(forms.ModelForm):
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://example.com/hooks/helpdesk"}),
        help_text=_("It is called with POST and JSON when a trigger says so."),
    )

    class Meta:
        model = Webhook
        fields = ["name", "url", "is_active"]
        help_texts = {"is_active": _("While it is off, what is to be sent waits.")}

    def clean_url(self) -> str:
        try:
            return checked_url(self.cleaned_data["url"])
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from None
