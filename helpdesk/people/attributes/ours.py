"""What stands among a contact's attributes and is ours. Sites and programs write theirs beside it, and never over it."""

from collections.abc import Mapping
from typing import Any

from helpdesk.people.models import Contact
from helpdesk.people.visitors import CLAIMS

MAIL_BOUNCES = "mail_bounces"  # "address: the server's words"
NO_SURVEYS = "no_surveys"  # True of whoever has unsubscribed
OURS = frozenset({MAIL_BOUNCES, NO_SURVEYS, CLAIMS})


def without_ours(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name not in OURS}


def replaced(contact: Contact, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """These in the place of the contact's; what is ours stays as it is."""
    ours = {name: value for name, value in contact.attributes.items() if name in OURS}
    return without_ours(attributes) | ours
