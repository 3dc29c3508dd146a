"""The settings of a mail inbox, form by form. What is stored are the inbox's options, and its secrets, which are never shown."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from helpdesk.connectors.email.imap.account import EVERYTHING, start_of
from helpdesk.connectors.email.providers.table import PROVIDERS
from helpdesk.connectors.email.screens.presets import OWN, PRESETS, preset_choices
from helpdesk.inboxes.models import Inbox

SECURITY = [("ssl", _("TLS from the start")), ("starttls", _("STARTTLS")), ("none", _("Not encrypted"))]
DATE = "date"
HOST = re.compile(r"[A-Za-z0-9_.:-]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
KEEP_EMPTY = _("Stored encrypted and never shown again; leave empty to keep it.")


def check_host(value: str) -> None:
    if not HOST.fullmatch(value):
        raise ValidationError(_("“%(host)s” is not the name of a server.") % {"host": value})


def check_line(value: str) -> None:
    if CONTROL.search(value):
        raise ValidationError(_("Line breaks have no place here."))


def line(label: Any, *, hint: Any = "", most: int = 200, **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"} | attributes)
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=hint, widget=widget, validators=[check_line]
    )


def host(label: Any, example: str) -> forms.CharField:
    field = line(label, placeholder=example)
    field.validators.append(check_host)
    return field


def port() -> forms.IntegerField:
    """Left empty, it is the usual one of the encryption."""
    widget = forms.NumberInput(attrs={"placeholder": _("usual"), "inputmode": "numeric"})
    return forms.IntegerField(label=_("Port"), required=False, min_value=1, max_value=65535, widget=widget)


def secret(label: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"})
    return forms.CharField(
        label=label, required=False, max_length=4000, strip=True, help_text=KEEP_EMPTY, widget=widget
    )


class OptionsForm(forms.Form):
    """Fields named like the options and secrets that they hold."""

    secrets: tuple[str, ...] = ()
    shown_to: dict[str, tuple[str, ...]] = {}  # of a secret, the options that say which server gets to see it

    def __init__(self, inbox: Inbox, data: Any = None) -> None:
        self.inbox = inbox
        names = [name for name in self.base_fields if name not in self.secrets]
        super().__init__(data, initial={name: self.shown(name) for name in names})

    def shown(self, name: str) -> Any:
        return self.inbox.options.get(name, self.base_fields[name].initial or "")

    def keeps(self, name: str) -> bool:
        """Is there such a secret, given now, or before and for the same server?

        One stored for another server is asked for again: who may change the server's name must not learn it so.
        """
        return bool(self.cleaned_data.get(name)) or (
            bool(self.inbox.secrets.get(name)) and not self.is_moved(name)
        )

    def is_moved(self, name: str) -> bool:
        """Would this secret go to another server than the one it was given for?"""
        for option in self.shown_to.get(name, ()):
            before = self.inbox.options.get(option)
            if before and before != self.cleaned_data.get(option):
                return True
        return False

    def options(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in self.secrets}

    @transaction.atomic
    def save(self) -> Inbox:
        """Only these options and secrets change: a token may be renewed at the same moment."""
        row = Inbox.objects.select_for_update().get(pk=self.inbox.pk)
        row.options = row.options | self.options()
        for name in self.secrets:
            if given := self.cleaned_data[name]:
                row.secrets[name] = given
            elif self.is_moved(name):
                row.secrets.pop(name, None)
        row.save(update_fields=["options", "secrets"])
        return row


class ReceivingForm(OptionsForm):
    """Fetching from a mailbox by IMAP."""

    secrets = ("imap_password", "oauth_client_secret", "oauth_refresh_token")
    shown_to = {
        "imap_password": ("imap_host",),
        "oauth_client_secret": ("oauth_token_url",),
        "oauth_refresh_token": ("oauth_token_url", "imap_host"),
    }

    imap_is_on = forms.BooleanField(label=_("Fetch mail from a mailbox (IMAP)"), required=False)
    mail_preset = forms.ChoiceField(
        label=_("Mail provider"), choices=preset_choices, required=False, initial=OWN
    )
    imap_host = host(_("Server"), "imap.example.com")
    imap_port = port()
    imap_security = forms.ChoiceField(label=_("Encryption"), choices=SECURITY, required=False, initial="ssl")
    imap_user = line(_("User name"), hint=_("Empty: the inbox's address."))
    auth = forms.ChoiceField(
        label=_("Log in with"),
        choices=[("password", _("a password")), ("oauth", _("OAuth"))],
        required=False,
        initial="password",
        widget=forms.RadioSelect,
    )
    imap_password = secret(_("Password"))
    oauth_client_id = line(_("Client ID"))
    oauth_client_secret = secret(_("Client secret"))
    oauth_refresh_token = secret(_("Refresh token"))
    oauth_token_url = line(
        _("Token address"),
        hint=_("Empty: the provider's usual one."),
        placeholder="https://login.example.com/oauth2/token",
    )
    imap_folder = line(_("Folders"), hint=_("With commas between; empty: INBOX."))
    imap_start = forms.ChoiceField(
        label=_("Begin with"),
        choices=[
            ("", _("mail that comes in from now on")),
            (DATE, _("mail since a day")),
            (EVERYTHING, _("everything that is there")),
        ],
        required=False,
    )
    imap_since = forms.DateField(
        label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    imap_after = forms.ChoiceField(
        label=_("What becomes of a mail on the server"),
        choices=[
            ("keep", _("it stays as it is")),
            ("seen", _("it is marked as read")),
            ("move", _("it is moved to a folder")),
        ],
        required=False,
        initial="keep",
    )
    imap_move_to = line(_("Move to the folder"))
    FIRST = ("mail_preset",)
    SERVER = ("imap_host", "imap_port", "imap_security")
    OAUTH = ("oauth_client_id", "oauth_client_secret", "oauth_refresh_token")
    MORE = ("imap_folder", "imap_start", "imap_since", "imap_after", "imap_move_to")

    def shown(self, name: str) -> Any:
        since = self.inbox.options.get("imap_since", "")
        if name == "imap_start":
            return since if since in ("", EVERYTHING) else DATE
        if name == "imap_since":
            return since if start_of(since) else ""
        if name == "mail_preset" and name not in self.inbox.options:
            return OWN if self.inbox.options.get("imap_host") else next(iter(PRESETS))
        return super().shown(name)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("imap_is_on") or self.errors:
            return data
        preset = PRESETS.get(data.get("mail_preset", ""))
        if preset:
            data["imap_host"], data["imap_port"], data["imap_security"] = preset.imap
            known = {each.token_url for each in PRESETS.values()}
            if data["oauth_token_url"] in known or not data["oauth_token_url"]:
                data["oauth_token_url"] = preset.token_url
        if not data["imap_host"]:
            self.add_error("imap_host", _("Name the server."))
        if data.get("auth") == "oauth":
            self.refuse_missing("oauth_client_id", "oauth_token_url", "oauth_refresh_token")
        else:
            self.refuse_missing("imap_password")
        if data["imap_start"] == DATE and not data["imap_since"]:
            self.add_error("imap_since", _("Choose the day."))
        if data["imap_after"] == "move" and not data["imap_move_to"]:
            self.add_error("imap_move_to", _("Name the folder."))
        return data

    def refuse_missing(self, *names: str) -> None:
        for name in names:
            if not (self.keeps(name) if name in self.secrets else self.cleaned_data.get(name)):
                self.add_error(name, _("This is needed."))

    def options(self) -> dict[str, Any]:
        kept = super().options()
        start, since = kept.pop("imap_start"), kept.pop("imap_since")
        kept["imap_since"] = since.isoformat() if start == DATE and isinstance(since, date) else start
        if kept["imap_is_on"] and (preset := PRESETS.get(kept["mail_preset"])) and preset.authserv_id:
            kept["authserv_id"] = self.inbox.options.get("authserv_id") or preset.authserv_id
        return kept


class TrustForm(OptionsForm):
    authserv_id = line(
        _("Server whose word counts"),
        hint=_(
            "The name that your mail server puts first into Authentication-Results, as mx.google.com. It says whether the "
            "sender's domain vouches for a mail. Empty: nobody is believed."
        ),
        placeholder="mx.example.com",
    )

    def clean_authserv_id(self) -> str:
        value = self.cleaned_data["authserv_id"].strip()
        if value and not HOST.fullmatch(value):
            raise ValidationError(_("One word, as in the header."))
        return value


class WebhookForm(OptionsForm):
    webhook_provider = forms.ChoiceField(label=_("Provider"), required=False)

    def __init__(self, inbox: Inbox, data: Any = None) -> None:
        super().__init__(inbox, data)
        names = [(key, provider.name) for key, provider in PROVIDERS.items()]
        self.fields["webhook_provider"].choices = [
            ("", _("None")),
            *sorted(names, key=lambda each: each[1].lower()),
        ]


class SendingForm(OptionsForm):
    """The servers that answers leave by."""

    secrets = ("smtp_password", "fallback_password")
    shown_to = {"smtp_password": ("smtp_host",), "fallback_password": ("fallback_host",)}

    smtp_preset = forms.ChoiceField(label=_("Answers leave by"), required=False)
    smtp_host = host(_("Server"), "smtp.example.com")
    smtp_port = port()
    smtp_security = forms.ChoiceField(
        label=_("Encryption"), choices=SECURITY, required=False, initial="starttls"
    )
    smtp_user = line(_("User name"), hint=_("Empty: the server asks for no login."))
    smtp_password = secret(_("Password"))
    fallback_host = host(_("Server"), "smtp2.example.com")
    fallback_port = port()
    fallback_security = forms.ChoiceField(
        label=_("Encryption"), choices=SECURITY, required=False, initial="starttls"
    )
    fallback_user = line(_("User name"))
    fallback_password = secret(_("Password"))
    SERVER = ("smtp_host", "smtp_port", "smtp_security")
    LOGIN = ("smtp_user", "smtp_password")
    FALLBACK = ("fallback_host", "fallback_port", "fallback_security", "fallback_user", "fallback_password")

    def __init__(self, inbox: Inbox, data: Any = None) -> None:
        super().__init__(inbox, data)
        self.fields["smtp_preset"].choices = [("", _("The helpdesk's own mail server")), *preset_choices()]

    def shown(self, name: str) -> Any:
        if name == "smtp_preset" and name not in self.inbox.options:
            return OWN if self.inbox.options.get("smtp_host") else ""
        return super().shown(name)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        chosen = data.get("smtp_preset", "")
        if chosen in PRESETS:
            data["smtp_host"], data["smtp_port"], data["smtp_security"] = PRESETS[chosen].smtp
            data["smtp_user"] = data["smtp_user"] or self.inbox.address
        elif chosen == OWN and not data["smtp_host"]:
            self.add_error("smtp_host", _("Name the server."))
        elif not chosen:
            data["smtp_host"] = ""
        if data["smtp_host"] and data["smtp_user"] and not self.is_oauth and not self.keeps("smtp_password"):
            self.add_error("smtp_password", _("This is needed."))
        return data

    @property
    def is_oauth(self) -> bool:
        return self.inbox.options.get("auth") == "oauth"


class DkimForm(OptionsForm):
    dkim_domain = host(_("Domain"), "example.com")
    dkim_selector = line(_("Selector"), most=60)
    SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")

    def shown(self, name: str) -> Any:
        usual = {"dkim_domain": self.inbox.address.rpartition("@")[2], "dkim_selector": "helpdesk"}
        return self.inbox.options.get(name) or usual[name]

    def clean_dkim_selector(self) -> str:
        value = self.cleaned_data["dkim_selector"]
        if not self.SELECTOR.fullmatch(value):
            raise ValidationError(_("Letters, digits and hyphens."))
        return value

    def clean_dkim_domain(self) -> str:
        value = self.cleaned_data["dkim_domain"].lower().strip(".")
        if "." not in value:
            raise ValidationError(_("Name the domain of your addresses."))
        return value
