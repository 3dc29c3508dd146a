"""The form of an attribute that admins define."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.errors import HelpdeskError
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.attributes.models import Attribute


class AttributeForm(forms.Form):
    """With `attribute` one that is there: whose it is and its key stay as they are."""

    name = forms.CharField(label=pgettext_lazy("of an attribute", "Name"), max_length=80)
    of = forms.ChoiceField(
        label=_("Of whom"),
        choices=Attribute.Of.choices,
        help_text=_("What is known of a company stands beside each of its people."),
    )
    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("What your site or programs call it. Left empty, it is made of the name."),
    )
    kind = forms.ChoiceField(label=_("Type"), choices=Attribute.Kind.choices)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("One a line."),
    )
    is_folded = forms.BooleanField(
        label=_("Fold it away"),
        required=False,
        help_text=_("It stands below “More” beside the conversation."),
    )

    def __init__(self, *arguments: Any, attribute: Attribute | None = None, **named: Any) -> None:
        self.attribute = attribute
        if attribute:
            named["initial"] = {
                "name": str(attribute.label),
                "kind": attribute.kind,
                "choices": "\n".join(attribute.choices),
                "is_folded": attribute.is_folded,
            }
        super().__init__(*arguments, **named)
        if attribute:
            del self.fields["of"], self.fields["key"]

    def clean(self) -> dict[str, Any]:
        """Saved here: what the verb refuses is said at its field."""
        asked = super().clean()
        if self.errors:
            return asked
        of, key = (self.attribute.of, self.attribute.key) if self.attribute else (asked["of"], key_of(asked))
        try:
            self.saved = define_attribute(
                of,
                key,
                name=asked["name"],
                kind=asked["kind"],
                choices=asked["choices"].splitlines(),
                is_folded=asked["is_folded"],
                is_new=self.attribute is None,
            )
        except HelpdeskError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return asked


def key_of(asked: dict[str, Any]) -> str:
    """As it was written, else of the name: "Last order" is last_order."""
    return asked["key"].strip() or re.sub(r"\W+", "_", asked["name"].lower()).strip("_")[:40]
