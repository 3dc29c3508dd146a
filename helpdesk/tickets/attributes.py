"""What stands among a contact's attributes and is ours. Sites and programs write theirs beside it, and never over it."""

from collections.abc import Mapping
from typing import Any

from helpdesk.people.models import Contact
from helpdesk.people.visitors import CLAIMS
from helpdesk.tickets import bouncing
from helpdesk.tickets.surveys import NO_SURVEYS

OURS = frozenset({bouncing.ATTRIBUTE, NO_SURVEYS, CLAIMS})


def without_ours(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name not in OURS}


def replaced(contact: Contact, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """These in the place of the contact's; what is ours stays as it is."""
    ours = {name: value for name, value in contact.attributes.items() if name in OURS}
    return without_ours(attributes) | ours
