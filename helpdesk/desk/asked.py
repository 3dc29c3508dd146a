"""What an address or a form of the desk carries."""


def read_number(text: str) -> int | None:
    """A ticket, a message or an event by its number; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
