"""What messages asked before there was one table for all rules means the same in it: every old field with every operator."""

from importlib import import_module
from itertools import product

import pytest

from helpdesk.conditions import faults_of
from helpdesk.conditions.fields import VISITOR
from helpdesk.conditions.moments import Moment
from helpdesk.proactive.conditions import left_to_try
from helpdesk.proactive.models import ProactiveMessage

pytestmark = pytest.mark.django_db
migration = import_module("helpdesk.proactive.migrations.0003_conditions_of_the_one_table")

VISITORS = [
    Moment(),
    Moment(referrer="https://Search.example/?q=boots", language="it-CH", visits=3, is_known=True),
    Moment(language="zh-CN", visits=30, said={"plan": "Pro", "cart_total": "200,50"}),
    Moment(language="xx", visits=2, said={"Plan": "pro plus", "Cart total": "a lot"}),
]
TEXTS = ("contains", "contains_not", "starts", "is", "is_not", "is_empty")
WANTED = {
    "visits": ("0", "2", "3", "30"),
    "referrer": ("search", "https://search.example/?q=boots", "HTTPS://", "x"),
    "language": ("it", "zh-hans", "en"),
    "known": ("known", "new"),
    "attribute": ("pro", "PRO PLUS", "200", "12,5"),
}
OPS = {
    "visits": ("at_least", "is", "at_most"),
    "referrer": TEXTS,
    "language": ("is", "is_not"),
    "known": ("is",),
    "attribute": ("is", "is_not", "contains", "at_least", "at_most", "is_set", "is_empty"),
}


def old_value(field: str, name: str, here: Moment) -> str:
    if field == "attribute":
        said = {key.casefold().replace(" ", "_"): value for key, value in here.said.items()}
        return said.get(name, "")
    if field == "language":
        return {"it": "it", "zh": "zh-hans"}.get(here.language[:2], here.language)
    read = {"visits": str(here.visits), "referrer": here.referrer}
    return read.get(field, "known" if here.is_known else "new")


def held_before(field: str, op: str, value: str, wanted: str) -> bool:
    """As they were compared until then."""
    if op in ("at_least", "at_most") or field == "visits":
        try:
            left, right = (float(text.replace(",", ".")) for text in (value, wanted))
        except ValueError:
            return False
        return {"at_least": left >= right, "at_most": left <= right, "is": left == right}[op]
    left, right = value.casefold(), wanted.casefold()
    return {
        "contains": right in left, "contains_not": right not in left, "starts": left.startswith(right),
        "is": left == right, "is_not": left != right, "is_set": bool(left), "is_empty": not left,
    }[op]  # fmt: skip


def old_lines() -> list[dict]:
    return [
        {"field": field, "op": op, "value": wanted, "name": name}
        for field, ops in OPS.items()
        for op, wanted in product(ops, WANTED[field])
        if op not in ("at_least", "at_most") or wanted[0].isdigit()  # as it was refused then, too
        for name in (("plan", "cart_total") if field == "attribute" else ("",))
    ]


def test_every_condition_of_the_server_holds_for_whom_it_held():
    for old in old_lines():
        line = migration.line_of(old)
        assert not dict(faults_of([line], scope=VISITOR)), old
        for here in VISITORS:
            held = left_to_try(ProactiveMessage(conditions=[line]), here, {}) is not None
            value = old_value(old["field"], old["name"], here)
            assert held is held_before(old["field"], old["op"], value, old["value"]), (old, here)


IN_THE_PAGE = [
    *(("page", op, "/checkout") for op in ("contains", "contains_not", "starts", "is", "like")),
    ("page_seconds", "at_least", "60"),
    ("site_seconds", "at_least", "300"),
    ("scroll", "at_least", "70"),
]


@pytest.mark.parametrize("old", IN_THE_PAGE)
def test_the_browser_is_told_the_very_same_of_what_it_tries(old):
    field, op, value = old
    line = migration.line_of({"field": field, "op": op, "value": value, "name": ""})
    assert not dict(faults_of([line], scope=VISITOR))
    left = left_to_try(ProactiveMessage(conditions=[line]), Moment(), {})
    assert left == {"any": False, "if": [{"field": field, "op": op, "value": value}]}


def test_there_is_a_way_back_for_all_that_could_be_said_before():
    shared = {"field": "known.person:seats", "op": "more", "value": "50", "name": ""}
    pages = [{"field": field, "op": op, "value": value, "name": ""} for field, op, value in IN_THE_PAGE]
    for old in (*old_lines(), *pages, shared):
        assert migration.old_of(migration.line_of(old)) == old
    for new in ("referrer", "contains_any", "x"), ("visits", "more", "3"), ("language", "is", ["it", "ro"]):
        assert migration.old_of(dict(zip(("field", "op", "value"), new, strict=True))) is None
    assert migration.old_of({"field": "language", "op": "is", "value": ["it"]})["value"] == "it"
