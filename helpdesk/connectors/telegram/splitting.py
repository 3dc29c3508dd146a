"""Telegram takes 4096 UTF-16 units a message: longer answers are cut where a reader would pause."""

from collections.abc import Iterator

LONGEST = 4096
PAUSES = ("\n\n", "\n", ". ", " ")


def split_text(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Pieces of at most `longest` UTF-16 units, none empty; a character outside the basic plane counts two."""
    rest = text.strip()
    while units(rest) > longest:
        head = rest[: fitting(rest, longest)]
        cut = next(
            (head.rfind(pause) + len(pause) for pause in PAUSES if head.rfind(pause) > len(head) // 2), 0
        )
        head = head[:cut] if cut else head
        yield head.rstrip()
        rest = rest[len(head) :].lstrip()
    if rest:
        yield rest


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def fitting(text: str, longest: int) -> int:
    """How many characters of the text fit into so many units."""
    used = 0
    for number, character in enumerate(text):
        used += 2 if ord(character) > 0xFFFF else 1
        if used > longest:
            return number
    return len(text)
