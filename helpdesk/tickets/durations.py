"""Seconds, by the calendar and inside business hours."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string


def seconds_between(start: datetime, end: datetime) -> int:
    """Whole calendar seconds; 0 where the clock went backwards."""
    return max(0, int((end - start).total_seconds()))


def business_seconds(start: datetime, end: datetime, department_id: int | None) -> int:
    """Whole seconds inside the department's business hours, else the workspace's (settings.BUSINESS_CLOCK)."""
    return import_string(settings.BUSINESS_CLOCK)(start, end, department_id)
