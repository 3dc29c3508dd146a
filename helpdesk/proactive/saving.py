"""Saving a message: everything that could not come before anybody is refused with its place and its reason."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.conditions import normal_group
from helpdesk.conditions.fields import VISITOR
from helpdesk.conditions.refusing import faults_of as condition_faults
from helpdesk.errors import InvalidRule
from helpdesk.inboxes.models import Inbox
from helpdesk.ordering import move_row, next_position
from helpdesk.proactive.audience import forget_offers
from helpdesk.proactive.models import ProactiveMessage

LONGEST_TEXT = 500
LONGEST_VALUE = 200
LONGEST_GOAL = 90 * 24  # hours


def save_message(message: ProactiveMessage) -> ProactiveMessage:
    """Save a new or changed message; a new one goes to the end of the list. Raises InvalidRule."""
    if faults := dict(faults_of(message)):
        raise InvalidRule(faults)
    with transaction.atomic():
        message.conditions = normal_group(message.conditions)
        if message.pk is None:
            message.position = next_position(ProactiveMessage.objects)
        message.save()
    transaction.on_commit(forget_offers)
    return message


def switch_message(message: ProactiveMessage, *, is_active: bool) -> None:
    message.is_active = is_active
    message.save(update_fields=["is_active"])
    transaction.on_commit(forget_offers)


def move_message(pk: int, *, up: bool) -> None:
    """One place up or down: the first that fits a visitor is shown."""
    move_row(ProactiveMessage.objects, pk, up=up)
    transaction.on_commit(forget_offers)


def delete_message(message: ProactiveMessage) -> None:
    """It comes to nobody any more. What was shown stays in the conversations, and the figures stay in the report."""
    message.delete()
    transaction.on_commit(forget_offers)


def faults_of(message: ProactiveMessage) -> Iterator[tuple[str, str]]:
    """(place, reason) of everything that is wrong."""
    if not message.name.strip():
        yield "name", _("Give the message a name.")
    elif len(message.name) > 80:
        yield "name", _("At most %(most)s characters.") % {"most": 80}
    if not Inbox.objects.filter(pk=message.inbox_id, kind=Inbox.Kind.WEBCHAT).exists():
        yield "inbox", _("Choose the chat inbox on whose sites it is shown.")
    if not message.text.strip():
        yield "text", _("Write what the card says.")
    for place, text in [
        ("text", message.text),
        *((f"text.{code}", text) for code, text in message.texts.items()),
    ]:
        if len(text) > LONGEST_TEXT:
            yield place, _("At most %(most)s characters.") % {"most": LONGEST_TEXT}
    if message.starts_at and message.ends_at and message.starts_at >= message.ends_at:
        yield "ends_at", _("It ends before it begins.")
    if fault := goal_fault(message):
        yield "goal", fault
    yield from condition_faults(message.conditions, scope=VISITOR)


def goal_fault(message: ProactiveMessage) -> str:
    if message.goal_kind not in ProactiveMessage.Goal.values or not 1 <= message.goal_hours <= LONGEST_GOAL:
        return _("Choose one of the list.")
    if message.goal_kind and not message.goal:
        return _("Say which page or which event.")
    if len(message.goal) > LONGEST_VALUE:
        return _("At most %(most)s characters.") % {"most": LONGEST_VALUE}
    return ""
