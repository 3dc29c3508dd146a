"""Which reckoning of the history readers see, and how another takes its place."""

from typing import Any

from django.db import transaction

from funnel.models import Edition
from helpdesk import clock


def current_edition() -> Edition | None:
    """The edition that reports are read from; None until the first is complete."""
    return Edition.objects.filter(state=Edition.State.CURRENT).first()


def building_edition() -> Edition | None:
    """The edition that will take its place, while it is being built."""
    return Edition.objects.filter(state=Edition.State.BUILDING).first()


@transaction.atomic
def start_edition(*, reason: str, **rules: Any) -> Edition:
    """Begin a new edition under these rules; one that was being built is given up for it."""
    Edition.objects.filter(state=Edition.State.BUILDING).update(state=Edition.State.RETIRED)
    return Edition.objects.create(reason=reason, made_at=clock.now(), **rules)
