"""The types of attributes: what fits each, how it is kept, and how it reads. One table, KINDS."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any
from unicodedata import category

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.errors import Invalid

LONGEST = 500  # characters
MOST_DIGITS = 15  # what a number in JSON holds without loss
NUMBER = re.compile(r"[+-]?\d{1,400}(\.\d{1,400})?")
DATE = re.compile(r"(\d{4}-\d\d-\d\d)([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?")
YES, NO = {"true", "yes", "1", "on"}, {"false", "no", "0", "off"}
GAPS = re.compile(r"[\s\u00a0\u202f'’]")
has_address = URLValidator(schemes=["http", "https"])


class Unfitting(Invalid):
    """The value is none of the attribute's type."""

    status = 422
    code = "unfitting"


@dataclass(frozen=True)
class Kind:
    """`read` takes a value as a site or program sends it, and the choices, and gives what is kept; raises Unfitting.
    `words`: how what is kept reads. `typed`: what an agent has typed, in the shape that `read` takes."""

    read: Callable[[Any, Sequence[str]], Any]
    words: Callable[[Any], str] = str
    typed: Callable[[str], str] = str.strip


def read_text(raw: Any, choices: Sequence[str] = ()) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise Unfitting(_("Write a text."))
    text = "".join(" " if category(sign) in ("Cc", "Cs") else sign for sign in str(raw)).strip()
    if len(text) > LONGEST:
        raise Unfitting(_("At most %(most)s characters.") % {"most": LONGEST})
    return text


def read_number(raw: Any, choices: Sequence[str] = ()) -> int | float:
    refusal = Unfitting(_("Write a number, such as 12 or 9.50."))
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise refusal
    if isinstance(raw, float) and not isfinite(raw):
        raise refusal
    if isinstance(raw, int):
        number = Decimal(raw) if abs(raw) < 10**MOST_DIGITS else None
    else:
        text = repr(raw) if isinstance(raw, float) else raw.strip()
        is_number = isinstance(raw, float) or (text.isascii() and NUMBER.fullmatch(text))
        number = Decimal(text) if is_number else None
        if number is None:
            raise refusal
    if number is None or not is_kept_whole(number):
        raise Unfitting(_("At most %(most)s digits.") % {"most": MOST_DIGITS})
    return int(number) if number == number.to_integral_value() else float(number)


def is_kept_whole(number: Decimal) -> bool:
    """Whether neither end of it is lost in JSON."""
    _sign, digits, exponent = number.normalize().as_tuple()
    return len(digits) <= MOST_DIGITS and exponent >= -MOST_DIGITS and len(digits) + exponent <= MOST_DIGITS


def read_date(raw: Any, choices: Sequence[str] = ()) -> str:
    """Of a moment, its day as it is written."""
    found = DATE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    try:
        return date.fromisoformat(found[1]).isoformat()
    except (TypeError, ValueError):
        raise Unfitting(_("Write a date as year-month-day, such as 2026-05-31.")) from None


def read_yes_no(raw: Any, choices: Sequence[str] = ()) -> bool:
    said = str(raw).strip().lower() if isinstance(raw, bool | str | int) else ""
    if said not in YES | NO:
        raise Unfitting(_("Choose yes or no."))
    return said in YES


def read_choice(raw: Any, choices: Sequence[str] = ()) -> str:
    said = read_text(raw).casefold()
    for choice in choices:
        if choice.casefold() == said:
            return choice
    raise Unfitting(_("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)})


def read_link(raw: Any, choices: Sequence[str] = ()) -> str:
    text = read_text(raw)
    try:
        has_address(text)
    except ValidationError:
        raise Unfitting(_("Write a whole address, such as https://shop.example/orders.")) from None
    return text


def typed_number(text: str) -> str:
    """As the agent's language writes numbers: "1.234,5" and "1 234,5" are 1234.5 in Italian, "1,234.5" in English."""
    comma, text = str(get_format("THOUSAND_SEPARATOR")), GAPS.sub("", text)
    if comma and re.search(rf"\d{re.escape(comma)}\d{{3}}(?!\d)", text):
        text = text.replace(comma, "")
    return text.replace(",", ".")


def typed_link(text: str) -> str:
    text = text.strip()
    return f"https://{text}" if text and "://" not in text else text


def number_words(value: float) -> str:
    """With a fraction at least two places of it: most of such numbers are money."""
    number = Decimal(repr(value))
    places = max(2, -int(number.as_tuple().exponent)) if isinstance(value, float) else None
    return number_format(number, places, use_l10n=True, force_grouping=True)


def date_words(value: str) -> str:
    return date_format(date.fromisoformat(value), "DATE_FORMAT")


def yes_no_words(value: bool) -> str:
    return pgettext("value", "Yes") if value else pgettext("value", "No")


KINDS: dict[str, Kind] = {
    "text": Kind(read_text),
    "number": Kind(read_number, number_words, typed_number),
    "date": Kind(read_date, date_words),
    "yes_no": Kind(read_yes_no, yes_no_words),
    "choice": Kind(read_choice),
    "link": Kind(read_link, typed=typed_link),
}
