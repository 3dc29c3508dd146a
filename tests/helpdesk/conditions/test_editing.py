"""The form of a group: what it shows is what it sends, and its buttons work without scripts."""

import re
from html.parser import HTMLParser

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from helpdesk.conditions import Offers, editor_of, faults_of, is_press_of, read_group, say_line
from helpdesk.conditions.fields import EVENT, VISITOR
from tests.factories import make_department

pytestmark = pytest.mark.django_db
GROUP = {
    "match": "any",
    "lines": [
        {"field": "channel", "op": "is", "value": ["email", "webchat"]},
        {"field": "text", "op": "contains_any", "value": "refund, “invoice”"},
        {
            "match": "all",
            "lines": [
                {"field": "waiting", "op": "longer", "value": "30m"},
                {"field": "open_tickets", "op": "between", "value": ["2", "9"]},
                {"field": "person:spend", "op": "at_least", "value": "100"},
            ],
        },
        {"field": "office", "op": "is", "value": "closed"},
        {"field": "has_file", "op": "is", "value": "yes"},
        {"field": "company", "op": "is_empty", "value": ""},
        {"field": "mark", "op": "has_any", "value": ["cancel"]},
    ],
}


def drawn(group: dict, faults: dict | None = None, scope: str = EVENT) -> str:
    editor = editor_of(group, scope=scope, offers=Offers(), faults=faults)
    page = render_to_string("conditions/_group.html", {"editor": editor})
    return re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)


class Form(HTMLParser):
    """What a browser without scripts sends of a form: (name, value) of its controls, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.select, self.chosen = "", []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        about = dict(attrs)
        if tag == "input" and (about.get("type") != "checkbox" or "checked" in about):
            self.sent.append((about["name"], about["value"] or ""))
        elif tag == "select":
            self.select, self.chosen = about["name"], []
        elif tag == "option":
            self.chosen.append((about["value"], "selected" in about))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.chosen:
            selected = [value for value, is_selected in self.chosen if is_selected]
            self.sent.append((self.select, (selected or [self.chosen[0][0]])[0]))


def sent(group: dict, press: str = "", **more: str) -> QueryDict:
    post = QueryDict(mutable=True)
    for name, value in Form(drawn(group)).sent:
        post.appendlist(name, value)
    post["press"] = press
    for name, value in more.items():
        post[name] = value
    return post


def test_what_a_form_shows_is_what_it_sends():
    assert read_group(sent(GROUP)) == GROUP
    assert list(faults_of(GROUP, scope=EVENT)) == []


def test_the_buttons_add_and_remove_lines_and_groups():
    lines = GROUP["lines"]
    assert read_group(sent(GROUP, "if remove 0"))["lines"] == lines[1:]
    assert read_group(sent(GROUP, "if remove 2.1"))["lines"][2]["lines"] == [
        lines[2]["lines"][0],
        lines[2]["lines"][2],
    ]
    assert read_group(sent(GROUP, "if remove 2"))["lines"] == lines[:2] + lines[3:]
    added = read_group(sent(GROUP, "if add 2", **{"if-new-2": "tag"}))
    assert added["lines"][2]["lines"][-1] == {"field": "tag", "op": "has_any", "value": ""}
    assert read_group(sent(GROUP, "if add", **{"if-new": "tag"}))["lines"][-1]["field"] == "tag"
    assert read_group(sent(GROUP, "if group"))["lines"][-1] == {"match": "all", "lines": []}
    assert is_press_of(sent(GROUP, "if group")) and not is_press_of(sent(GROUP, "save"))


def test_a_duration_without_its_number_is_nothing_and_is_refused():
    post = sent({"lines": [{"field": "age", "op": "longer", "value": ""}]})
    group = read_group(post)
    assert group["lines"] == [{"field": "age", "op": "longer", "value": ""}]
    assert dict(faults_of(group)) == {"conditions.0": "Write a time, such as 30 minutes."}


def test_a_fault_stands_at_its_line_in_the_inner_group_too():
    page = drawn(GROUP, {"conditions.2.1": "Write two numbers.", "conditions.2": "Not so."})
    _before, _inner, inner = page.partition("asks-inner")
    faults = re.findall(r'<p class="error">(.*?)</p>', inner)
    assert faults == ["Write two numbers.", "Not so."]


def test_what_was_chosen_and_is_gone_stays_in_sight():
    make_department("Support")
    page = drawn({"lines": [{"field": "department", "op": "is", "value": ["999"]}]})
    assert ("if-value-0", "999") in Form(page).sent
    page = drawn({"lines": [{"field": "person:colour", "op": "is", "value": "red"}]})
    assert "There is no such field any more." in page
    gone = {"match": "all", "lines": [{"field": "person:colour", "op": "is", "value": ""}]}
    assert read_group(sent(gone)) == gone and dict(faults_of(gone))


def test_what_is_looked_up_by_a_name_is_written_with_its_name():
    lines = [
        {"field": "named:plan", "op": "contains", "value": "pro"},
        {"field": "named_number:Cart total", "op": "at_least", "value": "200"},
        {"field": "named:", "op": "is_empty", "value": ""},
        {"field": "named:" + "x" * 61, "op": "is_empty", "value": ""},
        {"field": "visit_page", "op": "contains_any", "value": "/pay"},
        {"field": "scroll", "op": "at_least", "value": "101"},
    ]
    group = {"match": "all", "lines": lines}
    page = drawn(group, scope=VISITOR)
    assert ("if-called-1", "Cart total") in Form(page).sent and "Attribute by name" in page
    read = read_group(sent(group))
    assert read["lines"][:4] == lines[:4] and read["lines"][4]["op"] == "contains"
    assert dict(faults_of(group, scope=VISITOR)) == {
        "conditions.2": "Name what you mean, such as plan or cart_total.",
        "conditions.3": "At most 60 characters.",
        "conditions.4": "This comparison does not fit the field.",
        "conditions.5": "A number from 0 to 100.",
    }
    assert dict(faults_of(lines[:1], scope=EVENT)) == {"conditions.0": "There is no such field."}
    assert [say_line(line, Offers()).label for line in lines[:2]] == ["plan", "Cart total"]


def test_all_lines_of_all_groups_together_are_counted():
    tagged = {"field": "tag", "op": "has_any", "value": "vip"}
    of_ten = {"match": "any", "lines": [tagged] * 10}
    assert dict(faults_of([of_ten] * 10)) == {}
    assert dict(faults_of([of_ten] * 10 + [tagged])) == {"conditions": "At most 100 lines."}
    assert dict(faults_of([tagged] * 31)) == {"conditions": "At most 30 lines."}
