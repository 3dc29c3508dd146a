"""What stands beside an operator, read as what it means. None where it means nothing."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from helpdesk.conditions.folding import fold

SPAN = re.compile(r"\s*(\d{1,6})\s*([mhdw])\s*")
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
Wanted = str | Sequence[str]  # as it is stored: one value, or a list where several may be chosen


def keys_of(wanted: Wanted) -> list[str]:
    """The chosen keys."""
    several = [wanted] if isinstance(wanted, str) else wanted
    return [str(one) for one in several if str(one) != ""]


def one_of(wanted: Wanted) -> str:
    return next(iter(keys_of(wanted)), "")


def terms_of(wanted: Wanted) -> list[str]:
    """ "invoice, credit note" asks for one of the two."""
    parts = re.split(r"[,;，；、\n]", ",".join(keys_of(wanted)))
    return list(dict.fromkeys(term for part in parts if (term := fold(part))))


def number_of(wanted: object) -> Decimal | None:
    """12, 12.5 or 12,5."""
    text = str(wanted).strip().replace(",", ".")
    return Decimal(text) if text.isascii() and NUMBER.fullmatch(text) else None


def plain_number(text: str) -> Decimal | None:
    """12 or 12.5, as JSON and programs write it."""
    text = text.strip(" ")
    return Decimal(text) if text.isascii() and NUMBER.fullmatch(text) else None


def seconds_of(wanted: Wanted) -> Decimal | None:
    """30m, 4h, 2d or 1w, in seconds."""
    found = SPAN.fullmatch(one_of(wanted))
    return Decimal(int(found[1]) * SECONDS[found[2]]) if found and found[1].isascii() else None


def date_of(wanted: object) -> date | None:
    """2026-11-30."""
    text = str(wanted).strip()
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def two_numbers(wanted: Wanted) -> tuple[Decimal, Decimal] | None:
    """From and to, both within."""
    ends = [number_of(one) for one in keys_of(wanted)]
    if len(ends) != 2 or None in ends or ends[0] > ends[1]:
        return None
    return ends[0], ends[1]


def whole_days(wanted: Wanted) -> int | None:
    days = number_of(one_of(wanted))
    return int(days) if days is not None and days == int(days) and 0 <= days <= 36_500 else None
