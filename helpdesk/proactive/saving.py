"""Saving a message: everything that could not come before anybody is refused with its place and its reason."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.proactive.audience import forget_offers
from helpdesk.proactive.conditions import FIELDS, OPERATORS, Field, number_of
from helpdesk.proactive.models import ProactiveMessage

LONGEST_TEXT = 500
LONGEST_VALUE = 200
LONGEST_NAME = 60
MOST_CONDITIONS = 12
LONGEST_GOAL = 90 * 24  # hours


class InvalidMessage(Invalid):
    """`faults` maps a place (name, text, conditions.0 ...) to its reason."""

    def __init__(self, faults: dict[str, str]) -> None:
        place, reason = next(iter(faults.items()))
        super().__init__(reason, field=place)
        self.faults = faults


def save_message(message: ProactiveMessage) -> ProactiveMessage:
    """Save a new or changed message; a new one goes to the end of the list. Raises InvalidMessage."""
    if faults := dict(faults_of(message)):
        raise InvalidMessage(faults)
    with transaction.atomic():
        if message.pk is None:
            last = ProactiveMessage.objects.aggregate(last=Max("position"))["last"]
            message.position = 0 if last is None else last + 1
        message.save()
    transaction.on_commit(forget_offers)
    return message


def switch_message(message: ProactiveMessage, *, is_active: bool) -> None:
    message.is_active = is_active
    message.save(update_fields=["is_active"])
    transaction.on_commit(forget_offers)


def move_message(pk: int, *, step: int) -> None:
    """One place up (-1) or down (1): the first that fits a visitor is shown."""
    with transaction.atomic():
        rows = list(ProactiveMessage.objects.select_for_update())
        here = next((at for at, row in enumerate(rows) if row.pk == pk), None)
        if here is not None and 0 <= here + step < len(rows):
            rows.insert(here + step, rows.pop(here))
        for at, row in enumerate(rows):
            row.position = at
        ProactiveMessage.objects.bulk_update(rows, ["position"])
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
    if message.match not in ProactiveMessage.Match.values:
        yield "match", _("Choose all or any.")
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
    if len(message.conditions) > MOST_CONDITIONS:
        yield "conditions", _("At most %(most)s conditions.") % {"most": MOST_CONDITIONS}
    for number, condition in enumerate(message.conditions[:MOST_CONDITIONS]):
        if fault := condition_fault(condition):
            yield f"conditions.{number}", fault


def goal_fault(message: ProactiveMessage) -> str:
    if message.goal_kind not in ProactiveMessage.Goal.values or not 1 <= message.goal_hours <= LONGEST_GOAL:
        return _("Choose one of the list.")
    if message.goal_kind and not message.goal:
        return _("Say which page or which event.")
    if len(message.goal) > LONGEST_VALUE:
        return _("At most %(most)s characters.") % {"most": LONGEST_VALUE}
    return ""


def condition_fault(condition: dict[str, str]) -> str:
    """What is wrong with it, "" where nothing is."""
    what, operator = FIELDS.get(condition.get("field", "")), OPERATORS.get(condition.get("op", ""))
    if what is None:
        return _("There is no such condition.")
    if operator is None or operator.key not in what.operators:
        return _("This comparison does not fit.")
    name, value = condition.get("name", ""), condition.get("value", "")
    if what.has_name and not name:
        return _("Name what you mean, such as plan or cart_total.")
    if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
        return _("At most %(most)s characters.") % {"most": LONGEST_VALUE}
    if not operator.needs_value:
        return ""
    return value_fault(what, value, is_number=operator.is_of_numbers or bool(what.most))


def value_fault(what: Field, value: str, *, is_number: bool) -> str:
    if not value:
        return _("Say with what to compare.")
    if what.offers and value not in dict(what.offers):
        return _("Choose one of the list.")
    number = number_of(value) if is_number else 0
    if number is None:
        return _("A number is needed.")
    if what.most and not 0 <= number <= what.most:
        return _("A number from 0 to %(most)s.") % {"most": what.most}
    if what.most and number != int(number):
        return _("A whole number is needed.")
    return ""
