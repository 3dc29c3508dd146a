"""The card above the launcher: drawn here for the visitor's page and for the preview in the settings."""

from dataclasses import dataclass

from helpdesk.people.faces import initials_of, tint_of


@dataclass(frozen=True)
class Card:
    """What `_card.html` prints."""

    author: str
    initials: str
    tint: int
    text: str


def card_of(text: str, author: str, *, shop: str) -> Card:
    """`shop` is who speaks where no agent is named."""
    name = author or shop
    return Card(name, initials_of(name), tint_of(name), text)
