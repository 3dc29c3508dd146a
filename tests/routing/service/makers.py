"""What the tests of service levels need."""

from typing import Any

from helpdesk import clock
from routing.models import ServicePolicy
from routing.service.policies import save_policy


def make_policy(name: str = "All", targets: dict | None = None, **fields: Any) -> ServicePolicy:
    """By the calendar where nothing else is said; a first answer within half an hour."""
    fields.setdefault("in_hours", False)
    fields.setdefault("pauses", ["pending"])
    targets = {"2": {"first": 1800}} if targets is None else targets
    return save_policy(ServicePolicy(name=name, targets=targets, counts_from=clock.now(), **fields))
