"""The editor of the form before a chat: rows that are added, moved and removed, as one field of a Django form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.connectors.webchat.asking import (
    DEPARTMENT,
    EMAIL,
    MOST_CHOICES,
    MOST_FIELDS,
    NAME,
    SELECT,
    TEL,
    TEXT,
)

KINDS = [
    (NAME, pgettext_lazy("person", "Name")),
    (EMAIL, _("Email address")),
    (TEL, _("Phone number")),
    (TEXT, _("A line of text")),
    (SELECT, _("A choice")),
    (DEPARTMENT, _("Department")),
]
BLANK = {"key": "", "label": "", "kind": TEXT, "is_required": "", "choices": ""}
Row = dict[str, Any]


class QuestionsWidget(forms.Widget):
    """Reads the rows as they were posted: {key, label, kind, is_required, choices}, all texts. `_questions.html` of the
    screens draws them."""

    def value_from_datadict(self, data: MultiValueDict, files: MultiValueDict, name: str) -> list[Row]:
        columns = [data.getlist(f"{name}_{column}") for column in BLANK]
        return [dict(zip(BLANK, row, strict=True)) for row in zip(*columns, strict=False)]


class QuestionsField(forms.Field):
    """Cleaned: the option `form` of a chat inbox, as asking.fields_of reads it. A row without words is left out."""

    widget = QuestionsWidget
    kinds = KINDS
    blank = BLANK

    def clean(self, value: Sequence[Row]) -> list[Row]:
        rows = [row for row in value if row["label"].strip()]
        if len(rows) > MOST_FIELDS:
            raise forms.ValidationError(_("At most %(most)s questions.") % {"most": MOST_FIELDS})
        if any(row["choices"].strip() for row in value if row not in rows):
            raise forms.ValidationError(_("A question has choices and no words of its own."))
        read: list[Row] = []
        for row in rows:
            read.append(question_in(row, {one["key"] for one in read}))
        return read


def question_in(row: Row, taken: set[str]) -> Row:
    """One question. Raises ValidationError, which names it."""
    label, kind = row["label"].strip()[:120], row["kind"]
    if kind not in dict(KINDS):
        raise forms.ValidationError(_("“%(label)s” asks for nothing that we know.") % {"label": label})
    question = {
        "key": key_for(row, taken),
        "label": label,
        "kind": TEXT if kind == NAME else kind,
        "is_required": bool(row["is_required"]),
    }
    if kind == SELECT:
        choices = list(
            dict.fromkeys(filter(None, (one.strip()[:120] for one in row["choices"].splitlines())))
        )
        if not 2 <= len(choices) <= MOST_CHOICES:
            raise forms.ValidationError(
                _("“%(label)s” needs at least two choices, one a line, and at most %(most)s.")
                % {"label": label, "most": MOST_CHOICES}
            )
        question["choices"] = choices
    return question


def key_for(row: Row, taken: set[str]) -> str:
    """What the answer is found under: it stays when the words change, and no two are the same."""
    stays = "" if row["key"] == NAME else slugify(row["key"])[:30]
    first = NAME if row["kind"] == NAME else stays or slugify(row["label"])[:30] or row["kind"]
    first = f"{NAME}-{row['kind']}" if first == NAME and row["kind"] != NAME else first
    key, number = first, 2
    while key in taken:
        key, number = f"{first}-{number}", number + 1
    return key


def shown_rows(stored: Any) -> list[Row]:
    """The rows of a stored option, as the editor shows them; those of a refused form come back as they were posted."""
    rows = [one for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []
    return [shown_row(one) for one in rows]


def shown_row(stored: Row) -> Row:
    choices = stored.get("choices", "")
    return {
        "key": stored.get("key", ""),
        "label": stored.get("label", ""),
        "kind": NAME if stored.get("key") == NAME else stored.get("kind", TEXT),
        "is_required": stored.get("is_required", ""),
        "choices": "\n".join(choices) if isinstance(choices, list) else choices,
    }
