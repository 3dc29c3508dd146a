"""How often a visitor may knock. A flood slows only the visitor, or the address, that it comes from."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django_ratelimit.core import get_usage

from helpdesk.errors import HelpdeskError

# What is asked: how often one visitor may, how often one address may (an office shares one).
RATES = {
    "start": ("60/m", "300/m"),
    "message": ("20/m", "120/m"),
    "read": ("120/m", "1200/m"),
    "small": ("60/m", "600/m"),  # seen, typing, details, ratings
}


class TooMany(HelpdeskError):
    status = 429
    code = "too_many"
    sentence = _("That was a lot at once. Wait a moment, then go on.")


def refuse_flood(what: str, *, visitor: UUID | None, address: str) -> None:
    """Count one more of `what`, a key of RATES; raise TooMany where it is one too many."""
    of_visitor, of_address = RATES[what]
    if visitor:
        count(f"widget.{what}.visitor", visitor.hex, of_visitor)
    count(f"widget.{what}.address", address, of_address)


def count(group: str, who: str, rate: str) -> None:
    usage = get_usage(None, group=group, key=lambda _group, _request: who, rate=rate, increment=True)
    if usage and usage["should_limit"]:
        raise TooMany
