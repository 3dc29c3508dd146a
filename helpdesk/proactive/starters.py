"""The usual five, ready to be changed."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import normal_group
from helpdesk.proactive.models import ProactiveMessage


@dataclass(frozen=True)
class Starter:
    icon: str
    name: str | Promise
    sentence: str | Promise
    text: str | Promise
    conditions: tuple[tuple[str, str, str], ...]  # field, operator, value


STARTERS = {
    "checkout": Starter(
        "credit-card",
        _("Stuck at the checkout"),
        _("Somebody stays on the checkout for a minute."),
        _("Is anything in the way? Ask us about payment, delivery or your order: we are here."),
        (("visit_page", "contains", "/checkout"), ("page_seconds", "at_least", "60")),
    ),
    "pricing": Starter(
        "receipt",
        _("Reading the prices"),
        _("Somebody weighs up the prices for half a minute."),
        _("Questions about our prices? Tell us what you need and we will say what it costs."),
        (("visit_page", "contains", "/pricing"), ("page_seconds", "at_least", "30")),
    ),
    "third_visit": Starter(
        "refresh-cw",
        _("Back for the third time"),
        _("Somebody new comes back once more and has not written yet."),
        _("Good to see you again! May we help you decide?"),
        (
            ("visits", "at_least", "3"),
            ("visitor", "is", "new"),
            ("site_seconds", "at_least", "20"),
        ),
    ),
    "help_page": Starter(
        "book-open",
        _("A long read on a help page"),
        _("Somebody has read a help article to the end and is still there."),
        _("Did you find what you were looking for? If not, a person will help you here."),
        (
            ("visit_page", "contains", "/help"),
            ("scroll", "at_least", "70"),
            ("page_seconds", "at_least", "90"),
        ),
    ),
    "large_cart": Starter(
        "shopping-bag",
        _("A large cart"),
        _("The site tells us what is in the cart, and it is over an amount."),
        _("That is a fine choice. Shall we look over your order together before you pay?"),
        (("named_number:cart_total", "at_least", "200"), ("page_seconds", "at_least", "15")),
    ),
}


def begun_with(key: str) -> ProactiveMessage:
    """A new message, unsaved: this starter's, or an empty one."""
    starter = STARTERS.get(key)
    if starter is None:
        return ProactiveMessage()
    return ProactiveMessage(
        name=str(starter.name),
        text=str(starter.text),
        conditions=normal_group(
            [{"field": what, "op": op, "value": value} for what, op, value in starter.conditions]
        ),
    )
