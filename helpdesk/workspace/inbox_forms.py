"""One form for every kind of inbox: what all have, and the options and secrets of the kind."""

import re
from secrets import token_urlsafe
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.workspace.forms import DEPARTMENTS


class InboxForm(forms.ModelForm):
    """What inboxes of every kind have. Children add the options and secrets of their kind."""

    options: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    class Meta:
        model = Inbox
        fields = ["name", "department", "language", "is_active"]
        help_texts = {
            "department": _("Where its new tickets go, unless a trigger moves them."),
            "is_active": _("Off: nothing comes in here any more. Its tickets stay."),
        }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["department"].queryset = DEPARTMENTS.objects.filter(is_active=True)
        self.fields["department"].empty_label = _("None: triggers or people decide")
        for name in self.options:
            self.initial[name] = self.shown_option(name)

    def shown_option(self, name: str) -> Any:
        return self.instance.options.get(name, "")

    def save(self, commit: bool = True) -> Inbox:
        inbox = super().save(commit=False)
        inbox.options = inbox.options | {name: self.cleaned_data[name] for name in self.options}
        # An empty secret keeps the stored one: it is never shown, so it can't be sent back.
        given = {name: self.cleaned_data[name] for name in self.secrets if self.cleaned_data[name]}
        inbox.secrets = inbox.secrets | given
        inbox.save()
        return inbox


class EmailInboxForm(InboxForm):
    class Meta(InboxForm.Meta):
        fields = ["name", "address", "department", "language", "is_active"]
        help_texts = InboxForm.Meta.help_texts | {
            "name": _("The sender's name that customers see beside the agent's."),
            "address": _("Mail to this address, and to it with +anything before the @, becomes tickets."),
        }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["address"].required = True

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].strip().lower()
        if Inbox.objects.filter(address__iexact=address).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another inbox has this address."))
        return address


class WebchatInboxForm(InboxForm):
    """Its look and its ways have screens of their own: connectors/webchat/screens/."""


class TelegramInboxForm(InboxForm):
    secrets = ("token",)

    token = forms.RegexField(
        regex=re.compile(r"^\d+:[A-Za-z0-9_-]{20,}$"),
        label=_("Bot token"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("From @BotFather. It is stored encrypted and never shown again; leave empty to keep it."),
        error_messages={"invalid": _("A token looks like 123456:ABC-DEF1234ghIkl.")},
    )

    def save(self, commit: bool = True) -> Inbox:
        """The first time, make the secret with which Telegram proves who is calling."""
        self.instance.secrets = {"webhook_secret": token_urlsafe(32)} | self.instance.secrets
        return super().save()

    def clean_token(self) -> str:
        token = self.cleaned_data["token"]
        if not token and not self.instance.secrets.get("token"):
            raise forms.ValidationError(_("Paste the token that @BotFather gave you."))
        return token


class ApiInboxForm(InboxForm):
    pass


INBOX_FORMS: dict[str, type[InboxForm]] = {
    Inbox.Kind.EMAIL: EmailInboxForm,
    Inbox.Kind.WEBCHAT: WebchatInboxForm,
    Inbox.Kind.TELEGRAM: TelegramInboxForm,
    Inbox.Kind.API: ApiInboxForm,
}
