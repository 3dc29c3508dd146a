"""One form for every kind of inbox: what all have, and the options and secrets of the kind."""

import re
from secrets import token_urlsafe
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.copies import USUAL_MINUTES
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
    options = (
        *("colour", "greeting", "intro", "team", "allowed_sites"),
        *("mails_unread_after", "mail_inbox", "tells_handover"),
    )

    colour = forms.RegexField(
        regex=re.compile(r"^#[0-9a-fA-F]{6}$"),
        label=_("Colour"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "#0f6a73", "spellcheck": "false"}),
        help_text=_("Six hex digits, as in #0f6a73; the words on it turn black or white by themselves."),
    )
    greeting = forms.CharField(label=_("Greeting"), required=False, max_length=200)
    intro = forms.CharField(label=_("Sentence under the greeting"), required=False, max_length=200)
    team = forms.CharField(label=_("Name of the team"), required=False, max_length=200)
    allowed_sites = forms.CharField(
        label=_("Allowed sites"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "https://shop.example.com", "spellcheck": "false"}
        ),
        help_text=_("One a line. The widget shows on these sites only; empty: on every site."),
    )
    mails_unread_after = forms.TypedChoiceField(
        label=_("Mail unread answers"),
        coerce=int,
        required=False,
        empty_value=USUAL_MINUTES,
        choices=[
            (1, _("after a minute")),
            (5, _("after 5 minutes")),
            (15, _("after 15 minutes")),
            (60, _("after an hour")),
            (0, _("never")),
        ],
        help_text=_("To the address the visitor left; at once when they have left the site."),
    )
    mail_inbox = forms.TypedChoiceField(
        label=_("Mail inbox the chat goes on by"), coerce=int, empty_value=None, required=False
    )
    tells_handover = forms.BooleanField(
        label=_("Tell the visitor who helps them after a hand-over"), required=False
    )
    USUAL = {"mails_unread_after": USUAL_MINUTES, "tells_handover": True}
    SITE = re.compile(r"(https?://)?(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.IGNORECASE)

    def shown_option(self, name: str) -> Any:
        value = self.instance.options.get(name, self.USUAL.get(name, ""))
        return "\n".join(value) if isinstance(value, list) else value

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        mail = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True).exclude(address="").order_by("pk")
        known = [(inbox.pk, f"{inbox.name} ({inbox.address})") for inbox in mail]
        field = self.fields["mail_inbox"]
        field.choices = [("", _("The first in use")), *known] if known else [("", _("None"))]
        if not known:
            field.help_text = _("No mail inbox is in use, so unread answers stay in the chat. Add one first.")

    def clean_allowed_sites(self) -> list[str]:
        sites = [site.rstrip("/") for site in self.cleaned_data["allowed_sites"].split()]
        for site in sites:
            if not self.SITE.fullmatch(site):
                raise forms.ValidationError(_("“%(site)s” is not the address of a site.") % {"site": site})
        return sites


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
