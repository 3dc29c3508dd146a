"""Waiting times of the past by the business hours of today, for who wants to compare them so."""

import json
from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from funnel.sessions.drafts import seconds_between
from funnel.sessions.facts import Conversation, History


def with_present_hours(history: History) -> History:
    """The same history with its seconds inside business hours reckoned again by the calendars as they are now."""
    hours_of = lru_cache(maxsize=None)(import_string(settings.BUSINESS_HOURS))

    def business_seconds(start: datetime, end: datetime, department: Hashable) -> int:
        hours = hours_of(department)
        return hours.seconds(start, end) if hours else seconds_between(start, end)

    def reckoned_again(conversation: Conversation) -> Conversation:
        changed: dict[str, Any] = {}
        if conversation.first_response is not None:
            changed["first_response_business"] = business_seconds(
                waiting_since(conversation), conversation.replied_at, conversation.department
            )
        if conversation.time_to_close is not None:
            changed["time_to_close_business"] = business_seconds(
                conversation.started_at, conversation.closed_at, conversation.department
            )
        return replace(conversation, **changed)

    return replace(history, conversations=[reckoned_again(each) for each in history.conversations])


def sign_calendars() -> str:
    """All calendars as they are now, and whose they are, as one short word that another would not give."""
    hours = apps.get_model("routing", "BusinessHours").objects.order_by("pk", "departments")
    columns = ("pk", "is_default", "time_zone", "weekly", "holidays", "departments")
    return sha256(json.dumps(list(hours.values_list(*columns))).encode()).hexdigest()


def waiting_since(conversation: Conversation) -> datetime:
    """When the wait for the first answer began: on reaching the team, where that was before the answer."""
    queued_at = conversation.queued_at
    if queued_at is None or queued_at > conversation.replied_at:
        return conversation.started_at
    return queued_at
