"""The editor of the questions before a chat, as the settings post it."""

import pytest
from django import forms
from django.http import QueryDict

from helpdesk.connectors.webchat.asking import MOST_FIELDS
from helpdesk.connectors.webchat.screens.questions import QuestionsField, shown_rows


class Editor(forms.Form):
    form = QuestionsField(required=False)


def posted(*rows):
    data = QueryDict(mutable=True)
    for row in rows:
        for name in ("key", "label", "kind", "is_required", "choices"):
            data.appendlist(f"form_{name}", row.get(name, ""))
    return Editor(data)


def cleaned(*rows):
    editor = posted(*rows)
    assert editor.is_valid(), editor.errors
    return editor.cleaned_data["form"]


def test_rows_become_the_inbox_s_form_in_their_order():
    assert cleaned(
        {"label": "Your name", "kind": "name", "is_required": "1"},
        {"label": "", "kind": "text"},
        {"label": "About", "kind": "select", "choices": "Sizes\n\n Returns \nSizes"},
    ) == [
        {"key": "name", "label": "Your name", "kind": "text", "is_required": True},
        {
            "key": "about",
            "label": "About",
            "kind": "select",
            "is_required": False,
            "choices": ["Sizes", "Returns"],
        },
    ]


def test_a_key_stays_when_the_words_change_and_no_two_are_the_same():
    keys = [
        row["key"]
        for row in cleaned(
            {"key": "order-number", "label": "Your order", "kind": "text"},
            {"label": "Order number", "kind": "text"},
            {"label": "订单号", "kind": "text"},
            {"label": "Name", "kind": "text"},
            {"key": "name", "label": "Company", "kind": "text"},
        )
    ]
    assert keys == ["order-number", "order-number-2", "text", "name-text", "company"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"label": "About", "kind": "select", "choices": "One"}], "“About” needs at least two choices"),
        ([{"label": "About", "kind": "hat"}], "“About” asks for nothing that we know."),
        ([{"kind": "select", "choices": "One\nTwo"}], "A question has choices and no words of its own."),
        ([{"label": f"Q{n}", "kind": "text"} for n in range(MOST_FIELDS + 1)], "At most 12 questions."),
    ],
)
def test_what_can_t_be_asked_is_refused_with_its_reason_and_comes_back(rows, reason):
    editor = posted(*rows)
    assert not editor.is_valid()
    assert reason in editor.errors["form"][0]
    assert [row["label"] for row in shown_rows(editor["form"].value())] == [
        row.get("label", "") for row in rows
    ]


def test_what_is_stored_is_shown_as_it_was_written():
    stored = cleaned(
        {"label": "Your name", "kind": "name", "is_required": "1"},
        {"label": "About", "kind": "select", "choices": "Sizes\nReturns"},
    )
    name, about = shown_rows(stored)
    assert (name["kind"], bool(name["is_required"])) == ("name", True)
    assert about["choices"] == "Sizes\nReturns"
    assert (
        cleaned(*(row | {"is_required": "1" if row["is_required"] else ""} for row in (name, about)))
        == stored
    )


@pytest.mark.parametrize("stored", [None, "", "x", [1, "y"]])
def test_what_is_no_form_shows_no_rows(stored):
    assert shown_rows(stored) == []
