"""What a subject says once the marks that mail programs put before it are gone."""

import re
from difflib import SequenceMatcher

MARK = (
    r"(?:re|r|aw|antw|sv|vs|odp|ynt|res|rif|ref|ang|fwd?|wg|tr|i|rv|enc|doorst|vb|回复|答复|回覆|转发|轉寄)"
)
MARKS = re.compile(rf"^\s*(?:{MARK}\s*(?:[\[(]\d+[\])]|\^\d+)?\s*[:：]\s*)+", re.IGNORECASE)
NUMBER = re.compile(r"\[#\d{1,15}\]")
SPACES = re.compile(r"\s+")
# From how much in common two subjects are about one matter; "Invoice 4711" and "Invoice 4712" are not.
CLOSE = 0.75


def bare_subject(subject: str) -> str:
    """In lower case and on one line, without Re:, Fwd: and our [#42]."""
    return MARKS.sub("", without_number(subject)).strip().casefold()


def without_number(subject: str) -> str:
    """Without our [#42]: it is another ticket's."""
    return SPACES.sub(" ", NUMBER.sub(" ", subject)).strip()


def answers_something(subject: str) -> bool:
    """Whether a program marked it as an answer or a forward, or our number stands in it."""
    return bool(MARKS.match(subject) or NUMBER.search(subject))


def are_close(one: str, other: str) -> bool:
    """Whether two subjects may speak of the same matter. Two empty ones say nothing."""
    one, other = bare_subject(one), bare_subject(other)
    if not one or not other:
        return False
    if one == other:
        return True
    if digits_of(one) != digits_of(other):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= CLOSE


def digits_of(subject: str) -> list[str]:
    return re.findall(r"\d+", subject)
