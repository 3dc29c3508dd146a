"""What an address or a form carries, read without trust."""


def read_number(text: str) -> int | None:
    """An id, a page or a count of at most 18 digits, which the database can hold; None for what is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
