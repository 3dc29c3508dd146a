"""Somebody on a page, asked by the one table."""

import pytest

from helpdesk.conditions import compile_group
from helpdesk.conditions.cases import case_of_moment
from helpdesk.conditions.moments import Moment

HERE = Moment(
    url="https://shop.example/Checkout/pay/?step=2#card",
    referrer="https://search.example/",
    language="zh-CN",
    visits=3,
    page_seconds=59,
    site_seconds=300,
    scroll=70,
    said={"plan": "Pro", "cart_total": "0.30000000000000004", "many": "a lot"},
)


@pytest.mark.parametrize(
    ("field", "op", "wanted", "expected"),
    [
        ("visit_page", "contains", "checkout", True),
        ("visit_page", "contains", "cart", False),
        ("visit_page", "contains_not", "PAY", False),
        ("visit_page", "starts_with", "/checkout", True),
        ("visit_page", "starts_with", "https://shop.example/", True),
        ("visit_page", "starts_with", "/pay", False),
        ("visit_page", "is", "/checkout/pay", True),
        ("visit_page", "is", "/checkout", False),
        ("visit_page", "matches", "https://*/checkout/*step=2*", True),
        ("page_seconds", "at_least", "60", False),
        ("site_seconds", "at_least", "300", True),
        ("scroll", "at_least", "70", True),
        ("visits", "between", ["2", "3"], True),
        ("visits", "is", "30", False),
        ("visitor", "is", "new", True),
        ("visitor", "is", "known", False),
        ("referrer", "contains", "Search", True),
        ("language", "is", ["zh-hans"], True),
        ("language", "is_not", ["it"], True),
        ("named:plan", "is", "pro", True),
        ("named:PLAN", "contains", "r", True),
        ("named:colour", "is_empty", "", True),
        ("named_number:Cart total", "at_least", "0,3", True),
        ("named_number:many", "at_least", "0", False),
        ("named_number:colour", "is_empty", "", True),
        ("subject", "is_empty", "", True),
        ("company", "is_empty", "", True),
    ],
)
def test_what_may_be_asked_of_somebody_on_a_page(field, op, wanted, expected):
    holds = compile_group([{"field": field, "op": op, "value": wanted}])
    assert holds(case_of_moment(HERE)) is expected
