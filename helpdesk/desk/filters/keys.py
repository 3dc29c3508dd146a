"""The filters of the search box: their names, and which values make sense, without asking the database."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

CHANNELS = {
    "email": "email",
    "mail": "email",
    "webchat": "webchat",
    "chat": "webchat",
    "telegram": "telegram",
    "api": "api",
    "phone": "phone",
}
PRIORITIES = {"low": 1, "normal": 2, "high": 3, "urgent": 4}
STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
STATES = (
    *("open", "closed", "unassigned", "assigned", "mine", "snoozed", "waiting", "unread"),
    *("mentioned", "escalated", "merged", "spam", "trash"),
)
HOLDINGS = ("attachment", "note", "rating")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
SPAN = re.compile(r"([<>]?)=?(\d{1,5})([mhdw])$")
DAYS_AGO = {"today": 0, "yesterday": 1}
AGO = re.compile(r"(\d{1,5})([dw])$")
COMPARED = re.compile(r"([<>]?)=?(.*)$")


def read_span(value: str) -> tuple[str, timedelta]:
    """ "">2h"" as (">", two hours); without a sign it means longer. Raises ValueError."""
    match = SPAN.match(value.lower())
    if not match:
        raise ValueError(value)
    return match[1] or ">", int(match[2]) * UNITS[match[3]]


def read_day(value: str, today: date) -> date:
    """2026-11-01, today, yesterday, 7d or 2w (ago). Raises ValueError."""
    value = value.lower()
    if value in DAYS_AGO:
        return today - timedelta(days=DAYS_AGO[value])
    if ago := AGO.match(value):
        return today - timedelta(days=int(ago[1]) * (7 if ago[2] == "w" else 1))
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(value)
    return date.fromisoformat(value)


def read_compared_day(value: str, today: date) -> tuple[str, date]:
    sign, day = COMPARED.match(value).groups()
    return sign, read_day(day, today)


def read_number(value: str) -> int:
    """A ticket's number, with or without #. Raises ValueError."""
    if not re.fullmatch(r"#?[0-9]{1,18}", value):
        raise ValueError(value)
    return int(value.lstrip("#"))


def one_of(*known: str) -> Callable[[str], str]:
    def problem_of(value: str) -> str:
        return "" if value.lower().replace("-", "_") in known else "choice"

    return problem_of


def must(read: Callable[[str], object], problem: str) -> Callable[[str], str]:
    def problem_of(value: str) -> str:
        try:
            read(value)
        except (ValueError, OverflowError):
            return problem
        return ""

    return problem_of


def any_day(value: str) -> object:
    return read_day(value, date(9000, 1, 1))


def any_compared_day(value: str) -> object:
    return read_compared_day(value, date(9000, 1, 1))


def nothing_wrong(value: str) -> str:
    return ""


@dataclass(frozen=True)
class Key:
    """A filter. `problem_of` names what is wrong with a value, "" where nothing is; `choices` are all there are;
    `is_narrow`: it may leave so few tickets that words are better looked for in them alone."""

    name: str
    problem_of: Callable[[str], str] = nothing_wrong
    choices: tuple[str, ...] = ()
    is_narrow: bool = False


KEYS = {
    key.name: key
    for key in (
        Key("from", is_narrow=True),
        Key("is", one_of(*STATES), STATES, is_narrow=True),
        Key("tag", is_narrow=True),
        Key("assignee", is_narrow=True),
        Key("department"),
        Key("channel", one_of(*CHANNELS), ("email", "webchat", "telegram", "api")),
        Key("status", one_of(*STATUSES), STATUSES),
        Key("priority", one_of(*PRIORITIES), tuple(PRIORITIES)),
        Key("language"),
        Key("has", one_of(*HOLDINGS), HOLDINGS),
        Key("waiting", must(read_span, "span"), (">1h", ">4h", ">1d")),
        Key("before", must(any_day, "day"), ("today", "7d", "2w")),
        Key("after", must(any_day, "day"), ("today", "yesterday", "7d")),
        Key("created", must(any_compared_day, "day"), ("today", "yesterday", ">7d")),
        Key("number", must(read_number, "number"), is_narrow=True),
    )
}
# "attribute.plan" and "company.size" ask for what the team has defined of people and companies.
OF_PERSON, OF_COMPANY = "attribute.", "company."


def find_key(name: str) -> Key | None:
    """The filter of this name; None where there is none."""
    is_attribute = name.startswith((OF_PERSON, OF_COMPANY)) and not name.endswith(".")
    return KEYS.get(name) or (Key(name, is_narrow=True) if is_attribute else None)


ALIASES = {
    "customer": "from", "person": "from", "lang": "language", "agent": "assignee", "since": "after", "until": "before",
    "tags": "tag", "id": "number", "dept": "department",
}  # fmt: skip
