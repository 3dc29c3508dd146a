"""A trigger that writes down what is known of a customer or their company: one action for each attribute."""

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext as _

from helpdesk.conditions import Case
from helpdesk.conditions.choices import Choices
from helpdesk.errors import Invalid, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.attributes.changing import change_value
from helpdesk.people.attributes.definitions import standing
from helpdesk.people.attributes.kinds import KINDS
from helpdesk.people.attributes.models import Attribute

ATTRIBUTE = "attribute:"


def key_of(attribute: Attribute) -> str:
    """attribute:person.plan"""
    return f"{ATTRIBUTE}{attribute.of}.{attribute.key}"


def known_attributes() -> dict[str, Attribute]:
    return {key_of(attribute): attribute for attribute in standing()}


def offers_of(attribute: Attribute) -> Callable[[], Choices] | None:
    """What can be chosen; None where it is written."""
    if attribute.kind == Attribute.Kind.YES_NO:
        return yes_or_no
    if attribute.kind == Attribute.Kind.CHOICE:
        return partial(choices_of, key_of(attribute))
    return None


def yes_or_no() -> Choices:
    return [("yes", _("yes")), ("no", _("no"))]


def choices_of(key: str) -> Choices:
    attribute = known_attributes().get(key)
    return [(choice, choice) for choice in attribute.choices] if attribute else []


def set_attribute(key: str, case: Case, value: str, by: Actor) -> None:
    """Raises Invalid where the value is none of its type, or a company is asked for and none is known."""
    attribute = known_attributes().get(key)
    if attribute is None:
        raise NotThere(_("The attribute is no longer in use."))
    typed = KINDS[attribute.kind].typed(value)
    change_value(case.contact, of=attribute.of, key=attribute.key, value=typed, by=by, ticket=case.ticket)


def attribute_fault(key: str, value: str) -> str:
    """Why the value can't be kept under this attribute, "" where it can."""
    attribute = known_attributes().get(key)
    if attribute is None:
        return _("The attribute is no longer in use.")
    try:
        kind = KINDS[attribute.kind]
        kind.read(kind.typed(value), attribute.choices)
    except Invalid as refusal:
        return str(refusal)
    return ""
