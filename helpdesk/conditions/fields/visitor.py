"""Somebody on a page of the site. There is no ticket, and nothing for the database to ask.

What the page itself knows best (its address, how long, how far) is as of the last sign of life here; proactive messages try
it in the visitor's browser instead (proactive/conditions.py).
"""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from urllib.parse import urlsplit

from django.db.models import TextField, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import choices
from helpdesk.conditions.cases import Case
from helpdesk.conditions.fields.base import NUMERIC, OF_VISITOR, VISITOR, Field, Over, Reads, key_of
from helpdesk.conditions.moments import Moment

ON_PAGES = frozenset({VISITOR})
LONGEST_WAIT = 24 * 3600  # seconds
OF_A_PAGE = ("contains", "contains_not", "is", "starts_with", "matches")
SECONDS, PERCENT = _("seconds"), _("percent")


def no_texts(over: Over) -> list:
    return [Value(None, TextField())]


def no_number(over: Over) -> Value:
    return Value(None, NUMERIC)


def addresses(case: Case) -> list[str]:
    """As a whole, without the site's name, and as a path alone: "/checkout" is what people write."""
    url = case.moment.url
    whole = [url, re.sub(r"^[A-Za-z]+://[^/]*", "", url), urlsplit(url).path]
    return list(dict.fromkeys(each for one in whole for each in (one, one.removesuffix("/")) if each))


def who(case: Case) -> list[str]:
    return ["known" if case.moment.is_known else "new"]


def plain_name(name: str) -> str:
    """However it is spelt: "Cart total" finds cart_total."""
    return str(name).strip().casefold().replace(" ", "_").replace("-", "_")


def said_under(case: Case, name: str) -> str:
    wanted = plain_name(name)
    return next((str(value) for key, value in case.moment.said.items() if plain_name(key) == wanted), "")


def loose_number(text: str) -> Decimal | None:
    """As sites write numbers, with every digit that a program gives; None for what is none."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@lru_cache(maxsize=512)
def named_field(key: str) -> Field | None:
    """The field of `named:plan` or `named_number:cart_total`; None for another key."""
    base, colon, called = key.partition(":")
    known = NAMED.get(base + colon)
    if known is None:
        return None
    if known.kind == "number":
        return named(known, called, lambda case: loose_number(said_under(case, called)))
    return named(known, called, lambda case: key_of(said_under(case, called)))


def named(known: Field, called: str, read: Reads) -> Field:
    return replace(known, key=known.key + called, called=called, label=called or known.label, read=read)


def of_page(
    key: str, label: Promise, read: Callable[[Moment], int], *, unit: Promise, hint: str, most: int
) -> Field:
    """A number of the page that only grows while somebody looks at it."""
    return Field(
        key,
        label,
        "number",
        lambda case: Decimal(read(case.moment)),
        no_number,
        hint=hint,
        unit=unit,
        scopes=ON_PAGES,
        of=OF_VISITOR,
        only=("at_least",),
        most=most,
    )


VISITOR_FIELDS = (
    Field(
        "visit_page",
        _("The page's address"),
        "text",
        addresses,
        no_texts,
        hint="/checkout",
        scopes=ON_PAGES,
        of=OF_VISITOR,
        only=OF_A_PAGE,
    ),
    of_page(
        "page_seconds",
        _("Time on the page"),
        lambda moment: moment.page_seconds,
        unit=SECONDS,
        hint="60",
        most=LONGEST_WAIT,
    ),
    of_page(
        "site_seconds",
        _("Time on the site"),
        lambda moment: moment.site_seconds,
        unit=SECONDS,
        hint="300",
        most=LONGEST_WAIT,
    ),
    of_page(
        "scroll",
        _("How far they have read"),
        lambda moment: moment.scroll,
        unit=PERCENT,
        hint="70",
        most=100,
    ),
    Field(
        "visits",
        _("Number of visits"),
        "number",
        lambda case: Decimal(case.moment.visits),
        no_number,
        hint="3",
        scopes=ON_PAGES,
        of=OF_VISITOR,
    ),
    Field(
        "visitor",
        _("The visitor"),
        "state",
        who,
        no_texts,
        choices.visitor_states,
        scopes=ON_PAGES,
        of=OF_VISITOR,
    ),
    Field(
        "named:",
        _("Attribute by name"),
        "text",
        lambda case: [],
        no_texts,
        scopes=ON_PAGES,
        of=OF_VISITOR,
        called="",
    ),
    Field(
        "named_number:",
        _("Attribute by name (number)"),
        "number",
        lambda case: None,
        no_number,
        hint="200",
        scopes=ON_PAGES,
        of=OF_VISITOR,
        called="",
    ),
)
NAMED = {field.key: field for field in VISITOR_FIELDS if field.called is not None}
