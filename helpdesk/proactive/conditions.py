"""What a message may wait for. A new condition is one line in FIELDS.

What only the page knows (its address, how long and how far somebody reads) is tried in the visitor's browser; all else is
decided here, and never leaves the server.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.proactive.models import ProactiveMessage

Condition = Mapping[str, str]


@dataclass(frozen=True)
class Seen:
    """What the server knows of a visitor when it decides."""

    visits: int = 1
    referrer: str = ""
    language: str = ""
    is_known: bool = False  # has written before, or the site says who it is
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operator:
    key: str
    label: str | Promise
    holds: Callable[[str, str], bool]
    needs_value: bool = True
    is_of_numbers: bool = False


@dataclass(frozen=True)
class Field:
    """`read` says what it is of a visitor; None where only the browser can tell. `offers`: what can be chosen."""

    key: str
    label: str | Promise
    operators: tuple[str, ...]
    read: Callable[[Seen, str], str] | None = None
    unit: str | Promise = ""
    hint: str | Promise = ""
    offers: tuple[tuple[str, str | Promise], ...] = ()
    most: int = 0  # of a number
    has_name: bool = False

    @property
    def is_tried_in_the_page(self) -> bool:
        return self.read is None


def number_of(text: str) -> float | None:
    """12, 12.5 or 12,5; None for what is no number."""
    try:
        return float(str(text).strip().replace(",", "."))
    except ValueError:
        return None


def is_same(value: str, wanted: str) -> bool:
    return value.strip().casefold() == wanted.strip().casefold()


def contains(value: str, wanted: str) -> bool:
    return wanted.strip().casefold() in value.casefold()


def starts(value: str, wanted: str) -> bool:
    return value.strip().casefold().startswith(wanted.strip().casefold())


def compared(holds: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    """What is no number is neither more nor less than anything."""

    def both(value: str, wanted: str) -> bool:
        left, right = number_of(value), number_of(wanted)
        return left is not None and right is not None and holds(left, right)

    return both


OPERATORS = {
    one.key: one
    for one in (
        Operator("contains", _("contains"), contains),
        Operator("contains_not", _("does not contain"), lambda value, wanted: not contains(value, wanted)),
        Operator("starts", _("starts with"), starts),
        Operator("is", _("is"), is_same),
        Operator("is_not", _("is not"), lambda value, wanted: not is_same(value, wanted)),
        # Tried in the page alone (teaser.js). A pattern of stars can't keep the browser busy, a regular expression can.
        Operator("like", _("is like (* for anything)"), lambda value, wanted: False),
        Operator(
            "at_least", _("is at least"), compared(lambda left, right: left >= right), is_of_numbers=True
        ),
        Operator("at_most", _("is at most"), compared(lambda left, right: left <= right), is_of_numbers=True),
        Operator("is_set", _("is there"), lambda value, wanted: bool(value.strip()), needs_value=False),
        Operator("is_empty", _("is missing"), lambda value, wanted: not value.strip(), needs_value=False),
    )
}
TEXT = ("contains", "contains_not", "starts", "is", "is_not")
SECONDS, PERCENT = _("seconds"), _("percent")
LONGEST_WAIT = 24 * 3600


def language_of(seen: Seen, _name: str) -> str:
    return next(
        (code for code, _label in settings.LANGUAGES if seen.language.lower()[:2] == code[:2]), seen.language
    )


FIELDS = {
    one.key: one
    for one in (
        Field(
            "page",
            _("The page's address"),
            ("contains", "contains_not", "starts", "is", "like"),
            hint="/checkout",
        ),
        Field(
            "page_seconds", _("Time on the page"), ("at_least",), unit=SECONDS, hint="60", most=LONGEST_WAIT
        ),
        Field(
            "site_seconds", _("Time on the site"), ("at_least",), unit=SECONDS, hint="300", most=LONGEST_WAIT
        ),
        Field("scroll", _("How far they have read"), ("at_least",), unit=PERCENT, hint="70", most=100),
        Field(
            "visits",
            _("Number of visits"),
            ("at_least", "is", "at_most"),
            lambda seen, _name: str(seen.visits),
            hint="3",
            most=9_999,
        ),
        Field(
            "referrer",
            _("Where they came from"),
            (*TEXT, "is_empty"),
            lambda seen, _name: seen.referrer,
            hint="google",
        ),
        Field(
            "language", _("Their language"), ("is", "is_not"), language_of, offers=tuple(settings.LANGUAGES)
        ),
        Field(
            "known",
            _("The visitor"),
            ("is",),
            lambda seen, _name: "known" if seen.is_known else "new",
            offers=(("known", _("somebody we know")), ("new", _("somebody new"))),
        ),
        Field(
            "attribute",
            _("What is known of them"),
            ("is", "is_not", "contains", "at_least", "at_most", "is_set", "is_empty"),
            lambda seen, name: attribute_of(seen, name),
            has_name=True,
        ),
    )
}


def attribute_of(seen: Seen, name: str) -> str:
    """The attribute of this name, however it is spelt: "Cart total" finds cart_total."""
    wanted = plain_name(name)
    return next((str(value) for key, value in seen.attributes.items() if plain_name(key) == wanted), "")


def plain_name(name: str) -> str:
    return str(name).strip().casefold().replace(" ", "_").replace("-", "_")


def left_to_try(message: ProactiveMessage, seen: Seen) -> list[dict[str, str]] | None:
    """What the browser has still to try before it shows the message; None where it can't come to this visitor."""
    ours = [one for one in message.conditions if not FIELDS[one["field"]].is_tried_in_the_page]
    pages = [
        {name: one[name] for name in ("field", "op", "value")}
        for one in message.conditions
        if FIELDS[one["field"]].is_tried_in_the_page
    ]
    held = [holds(one, seen) for one in ours]
    if message.match == ProactiveMessage.Match.ALL:
        return pages if all(held) else None
    if any(held) or not message.conditions:
        return []
    return pages or None


def holds(condition: Condition, seen: Seen) -> bool:
    """Whether a condition that is decided here is true of this visitor."""
    what = FIELDS[condition["field"]]
    value = what.read(seen, condition.get("name", ""))
    if condition["op"] == "is" and what.most:
        return number_of(value) == number_of(condition["value"])
    return OPERATORS[condition["op"]].holds(value, condition["value"])
