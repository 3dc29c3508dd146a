"""The settings of a chat inbox, form by form; what they hold are the inbox's options."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from helpdesk.connectors.webchat.look import COLOUR, SITE
from helpdesk.connectors.webchat.screens.questions import QuestionsField, shown_rows
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.copies import USUAL_MINUTES

LONGEST = 200


class ChatForm(forms.Form):
    """Fields named like the options that they hold; `texts` are those that each language may say in its own way."""

    texts: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()  # options that are no lines of text
    usual: dict[str, Any] = {}  # what holds where nothing is stored

    def __init__(self, inbox: Inbox, data: Any = None) -> None:
        self.inbox = inbox
        super().__init__(data, initial={name: self.shown(name) for name in self.base_fields})
        own = (inbox.options or {}).get("texts") or {}
        for code, _language in self.other_languages():
            for name in self.texts:
                field = self.fields[name]
                said = forms.CharField(
                    label=field.label,
                    required=False,
                    max_length=LONGEST,
                    widget=forms.TextInput(attrs={"lang": code, "data-said-in": code}),
                )
                self.fields[f"{code}_{name}"] = said
                self.initial[f"{code}_{name}"] = (own.get(code) or {}).get(name, "")

    def shown(self, name: str) -> Any:
        value = (self.inbox.options or {}).get(name, self.usual.get(name, ""))
        return "\n".join(value) if isinstance(value, list) and name not in self.lists else value

    @staticmethod
    def other_languages() -> list[tuple[str, str]]:
        """Those beside the text for all: every language of ours, as a widget may be asked for each."""
        return list(settings.LANGUAGES)

    def languages(self) -> list[dict[str, Any]]:
        """Each language with its fields, for the screen."""
        return [
            {
                "code": code,
                "name": language,
                "fields": [self[f"{code}_{name}"] for name in self.texts],
                "is_open": any(self[f"{code}_{name}"].value() for name in self.texts),
            }
            for code, language in self.other_languages()
        ]

    def options(self) -> dict[str, Any]:
        """The inbox's options as the valid fields have them; of the others, as they are stored."""
        given = self.cleaned_data
        options = dict(self.inbox.options or {}) | {
            name: given[name] for name in self.base_fields if name in given
        }
        if self.texts:
            options["texts"] = self.texts_of(options, given)
        return options

    def texts_of(self, options: dict[str, Any], given: dict[str, Any]) -> dict[str, dict[str, str]]:
        stored = options.get("texts") if isinstance(options.get("texts"), dict) else {}
        said = {}
        for code, _language in self.other_languages():
            own = {name: given.get(f"{code}_{name}", "") for name in self.texts}
            own = {**(stored.get(code) or {}), **own}
            said[code] = {name: text for name, text in own.items() if text}
        return {code: own for code, own in said.items() if own}

    @transaction.atomic
    def save(self) -> Inbox:
        """What somebody else saves at the same time on another screen stays."""
        self.inbox = Inbox.objects.select_for_update(of=("self",)).get(pk=self.inbox.pk)
        self.inbox.options = self.options()
        self.inbox.save(update_fields=["options"])
        return self.inbox


class LookForm(ChatForm):
    texts = ("greeting", "intro", "launcher_words")
    usual = {"side": "end", "launcher": "icon"}

    colour = forms.RegexField(
        regex=COLOUR,
        label=_("Colour"),
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": "#1c6773", "spellcheck": "false", "dir": "ltr", "maxlength": 7}
        ),
        help_text=_("Six hex digits; words on it turn black or white by themselves. Empty: ours."),
        error_messages={"invalid": _("A colour is written as #1c6773.")},
    )
    side = forms.ChoiceField(
        label=_("Place"),
        choices=[("end", _("End of the line")), ("start", _("Start of the line"))],
        widget=forms.RadioSelect,
        help_text=_("On pages written from left to right, the end is at the right."),
    )
    launcher = forms.ChoiceField(
        label=_("Button"),
        choices=[("icon", _("A sign")), ("words", _("A sign and words"))],
        widget=forms.RadioSelect,
    )
    launcher_words = forms.CharField(label=_("Words on the button"), required=False, max_length=40)
    team = forms.CharField(
        label=_("Name of the team"),
        required=False,
        max_length=80,
        help_text=_("Who the chat speaks for. Empty: the name of the workspace."),
    )
    greeting = forms.CharField(label=_("Greeting"), required=False, max_length=LONGEST)
    intro = forms.CharField(
        label=_("First words in the chat"),
        required=False,
        max_length=LONGEST,
    )


class BehaviourForm(ChatForm):
    texts = ("away_text",)
    lists = ("form",)
    usual = {
        "asks_before": "never",
        "shows_wait": True,
        "mails_unread_after": USUAL_MINUTES,
        "tells_handover": True,
    }

    allowed_sites = forms.CharField(
        label=_("Allowed sites"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "https://shop.example.com", "spellcheck": "false", "dir": "ltr"}
        ),
        help_text=_("One a line. The widget shows on these sites only; empty: on every site."),
    )
    asks_before = forms.ChoiceField(
        label=_("Ask these questions"),
        choices=[
            ("never", _("Never")),
            ("first", _("Before somebody's first chat")),
            ("always", _("Before every chat")),
        ],
        help_text=_("What is known of a visitor already is not asked again."),
    )
    form = QuestionsField(label=_("Questions"), required=False)
    away_text = forms.CharField(
        label=_("When nobody is there"),
        required=False,
        max_length=LONGEST,
        help_text=_(
            "Stands above the question for an address. Empty: our own words, with the time you are back."
        ),
    )
    shows_wait = forms.BooleanField(
        label=_("Show the place in the queue and how long answers take at present"), required=False
    )
    watches_visitors = forms.BooleanField(
        label=_("Show the team who is on the site"),
        required=False,
        help_text=_("Sends a sign of life from every page. Say so in your privacy notice."),
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

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        mail = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True).exclude(address="").order_by("pk")
        known = [(inbox.pk, f"{inbox.name} ({inbox.address})") for inbox in mail]
        field = self.fields["mail_inbox"]
        field.choices = [("", _("The first in use")), *known] if known else [("", _("None"))]
        if not known:
            field.help_text = _("No mail inbox is in use, so unread answers stay in the chat. Add one first.")

    def question_rows(self) -> list[dict[str, Any]]:
        """The questions before the chat, for their editor."""
        return shown_rows(self["form"].value())

    def clean_allowed_sites(self) -> list[str]:
        sites = [site.rstrip("/") for site in self.cleaned_data["allowed_sites"].split()]
        for site in sites:
            if not SITE.fullmatch(site):
                raise forms.ValidationError(_("“%(site)s” is not the address of a site.") % {"site": site})
        return sites


class IdentityForm(ChatForm):
    identity_is_required = forms.BooleanField(
        label=_("Take nobody's word"),
        required=False,
        help_text=_("A page that names a user_id or an email without a proof is refused."),
    )
