"""The new part of a reply: the text without the mail it answers and without the signature.

Line by line, in one pass over classes of lines (quoted, attribution, header block, separator), because that is how mail
programs write them. Losing a customer's words is worse than leaving a quote in, so whatever is not recognised stays; the
whole text is kept beside it and is one click away.
"""

import re
from itertools import islice

from helpdesk.connectors.email.parsing.reply_words import (
    ATTRIBUTION,
    ATTRIBUTION_END,
    ATTRIBUTION_START,
    FORWARDED,
    HEADER_NAMES,
    ORIGINAL_MESSAGE,
    SENT_FROM,
    VERBS,
    WHOLE_ATTRIBUTION,
)

LONGEST = 150_000  # characters looked at; quoted history beyond is not worth the time
LONGEST_ATTRIBUTION = 4  # lines
QUOTED = re.compile(r"^ {0,3}[>|＞](?!\w)|^ ?>")
RULE = re.compile(r"^\s*([-_=*#~+—–]\s?){5,}\s*$")
SIGNATURE = re.compile(r"^\s*(-{2,3}|—|–|__)\s*$|^-- \S")
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BROKEN_END = re.compile(rf"^>\s*(?:{VERBS})?\s?[:：]$", re.IGNORECASE)  # "<ann@example.com\n> wrote:"
TIME = re.compile(r"(?<![\d.])\d{1,2}\s?[:.h点點]\s?\d{2}(?![\d.]*\d)|\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)
CLOSES = re.compile(r"[:：][\s*]*[-*]*$|-{2,}$")
LIST_FOOTER = re.compile(r"mailing list\b|^\s*(to )?unsubscribe", re.IGNORECASE)
HEADER = re.compile(r"^[\s>*_]*(?P<name>[^\W\d_][\w' -]{0,24}?)\s*[*_]{0,2}\s?[:：][*_]{0,2}")
TAIL = re.compile(r"^[\s\-_=*#~+—–ᐧ]*$")
FROM_LINE = re.compile(r"^[\s>*_]*(from|von|de|da|van|fra|från|od|от)\s?[*_]*:.{0,200}@", re.IGNORECASE)


def new_text_of(text: str) -> str:
    """What the sender wrote this time; '' when there is only history. An explicit forward, and what it forwards, stays."""
    lines = [line.rstrip() for line in _normalise(text[:LONGEST]).split("\n")]
    first = _next_text(lines, 0)
    if first is not None and all(QUOTED.match(line) for line in lines[first:] if line.strip()):
        return text.strip()
    kept = _without_signature(_without_history(lines))
    new = "\n".join(_without_tail(kept)).strip("\n")
    has_all = len(kept) == len(lines) and len(text) > LONGEST
    return text.replace("\r\n", "\n").strip("\n") if has_all else new


def _normalise(text: str) -> str:
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u200b", "")
        .replace("\ufeff", "")
        .replace("\u2028", "\n")
    )
    text = text.replace("\u00a0", " ").replace("\u202f", " ")
    # "reply--- On Wed, Apr 4 somebody wrote:" on one line
    return re.sub(r"(?<=[^\s-])[ \t]{0,3}(-{2,6}\s?On [^\n]{5,200} wrote:)", r"\n\1", text)


def _without_history(lines: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            kept.append(line)
            at += 1
            continue
        if QUOTED.match(line):
            at = _after_quote(lines, at)
            continue
        length = _attribution_length(lines, at)
        after = _next_text(lines, at + length)
        if length and (_is_quoted(lines, after) or _is_sure_attribution(lines, at, length)):
            if after is None or not QUOTED.match(lines[after]):
                # history without quote marks: it goes to the end, unless nothing at all was written above it
                return (
                    kept
                    if after is None or _has_text(kept) or not _is_answer_below(lines, after)
                    else lines[after:]
                )
            at = after
            continue
        if FORWARDED.match(line):
            return kept + lines[at:]
        if _begins_history(lines, at):
            return kept if _has_text(kept) else lines
        kept.append(line)
        at += 1
    return kept


def _after_quote(lines: list[str], at: int) -> int:
    """Past a run of quoted lines, with the stray line that a mail program broke off a long quoted one."""
    while at < len(lines):
        if QUOTED.match(lines[at]) or lines[at].strip() and _is_broken_quote(lines, at):
            at += 1
        else:
            break
    return at


def _is_broken_quote(lines: list[str], at: int) -> bool:
    """One unquoted line right between two quoted ones, ending in a mark or short enough to be a wrapped rest."""
    if at == 0 or at + 1 >= len(lines) or not QUOTED.match(lines[at - 1]) or not QUOTED.match(lines[at + 1]):
        return False
    line = lines[at].strip()
    return line.endswith(">") or (len(lines[at - 1]) > 60 and len(line) < 30)


def _attribution_length(lines: list[str], at: int) -> int:
    """How many lines from here are an attribution ("On Monday, Ann wrote:"), 0 when none begins here."""
    joined = ""  # without the marks of direction that Hebrew and Arabic mail has around names
    for count in range(1, LONGEST_ATTRIBUTION + 2):
        if at + count > len(lines) or not _may_belong(lines[at + count - 1], joined):
            return 0
        joined = f"{joined} {DIRECTION.sub('', lines[at + count - 1]).strip()}".strip()
        if len(joined) > 500:
            return 0
        if ATTRIBUTION_END.search(joined) and any(pattern.match(joined) for pattern in ATTRIBUTION):
            return count
        if any(pattern.match(joined) for pattern in WHOLE_ATTRIBUTION):
            follows = _next_text(lines, at + count)
            if follows is not None and QUOTED.match(lines[follows]) and not BROKEN_END.match(lines[follows]):
                return count
        # "Ann Other <ann@example.com>\nwrote:" may break before its verb; a line of mere words never does
        if count == 1 and not re.search(r"[\d@]", joined):
            return 0
    return 0


def _is_quoted(lines: list[str], at: int | None) -> bool:
    return at is not None and bool(QUOTED.match(lines[at]))


def _is_sure_attribution(lines: list[str], at: int, length: int) -> bool:
    """Where no quote mark follows, only a mail program's own line begins history: people too write "on Monday Ann said:".

    It ends in a colon or in dashes and names an address or a time of day; both, or it stands apart from what was said before.
    """
    joined = DIRECTION.sub("", " ".join(line.strip() for line in lines[at : at + length]))
    marks = ("@" in joined) + bool(TIME.search(joined))
    is_apart = at == 0 or not lines[at - 1].strip() or not lines[at - 1].strip("-_=*# ")
    if CLOSES.search(joined):
        return marks == 2 or marks == 1 and is_apart
    is_alone = at + length < len(lines) and not lines[at + length].strip()
    return marks == 2 and is_apart and is_alone


def _may_belong(line: str, joined: str) -> bool:
    """Can this line go on with the attribution begun in `joined`? Not when it is quoted, or begins one itself."""
    line = line.strip()
    if not joined:
        return 0 < len(line) <= 400
    if not line:
        return bool(ATTRIBUTION_START.match(joined)) and not joined.endswith((".", "!", "?"))
    if QUOTED.match(line):
        return line.endswith(">") or bool(BROKEN_END.match(line))
    return not (ATTRIBUTION_START.match(line) and re.search(r"\d", line))


def _begins_history(lines: list[str], at: int) -> bool:
    line = lines[at]
    if ORIGINAL_MESSAGE.match(line):
        return True
    if RULE.match(line):
        after = _next_text(lines, at + 1)
        if after is None or after - at > 3:
            return False
        return bool(
            _is_header_block(lines, after)
            or _attribution_length(lines, after)
            or FROM_LINE.match(lines[after])
            or LIST_FOOTER.search(lines[after])
        )
    return _is_header_block(lines, at)


def _is_header_block(lines: list[str], at: int) -> bool:
    """Does a block like "From: ... Sent: ... To: ... Subject: ..." stand here? Three different fields, or two with a From."""
    seen: set[str] = set()
    misses = 0
    for line in lines[at : at + 12]:
        found = HEADER.match(line)
        name = HEADER_NAMES.get(found["name"].strip().lower()) if found else None
        if name:
            seen.add(name)
            misses = 0
        elif not seen:
            return False
        elif line.strip() and not line.startswith((" ", "\t")):
            misses += 1
            if misses > 1:
                break
    first = HEADER.match(lines[at])
    begins = first and HEADER_NAMES.get(first["name"].strip().lower()) in {
        "from",
        "date",
        "subject",
        "to",
        "sent",
    }
    block = DIRECTION.sub("", "\n".join(lines[at : at + 6]))
    is_mail = "@" in block or TIME.search(block) or _follows_rule(lines, at) or len(seen) >= 4
    return (
        bool(begins and is_mail)
        and "from" in seen
        and (len(seen) >= 3 or len(seen) == 2 and bool(seen & {"subject", "date", "sent"}))
    )


def begins_header_block(lines: list[str], at: int) -> bool:
    """Does the header of another mail stand here, as programs write it above a forward or a history?"""
    return _is_header_block(lines, at)


def begins_quote(lines: list[str], at: int) -> bool:
    """Do quoted lines begin here, or the line that says who wrote them?"""
    return bool(QUOTED.match(lines[at])) or bool(
        (length := _attribution_length(lines, at)) and _is_sure_attribution(lines, at, length)
    )


def header_field(line: str) -> tuple[str, str]:
    """(field, value) of a line such as `*Von:* Ann <ann@example.com>`, the field by its English name; ('', '') for none."""
    found = HEADER.match(line)
    name = HEADER_NAMES.get(found["name"].strip().lower(), "") if found else ""
    return (name, line[found.end() :].strip()) if found and name else ("", "")


def _follows_rule(lines: list[str], at: int) -> bool:
    above = next((line for line in reversed(lines[max(0, at - 3) : at]) if line.strip()), "")
    return bool(RULE.match(above) or ORIGINAL_MESSAGE.match(above))


def _without_signature(lines: list[str]) -> list[str]:
    """Cut at the signature mark, or at "Sent from my phone"; what stands above must be text."""
    first = _next_text(lines, 0)
    for at, line in enumerate(lines):
        if first is None or at <= first:
            continue
        if SIGNATURE.match(line) and _is_signature(lines[at + 1 :]):
            return lines if _is_all_there_is(lines, at) else lines[:at]
        if SENT_FROM.match(line) and _only_devices(lines[at + 1 :]):
            return lines[:at]
    return lines


def _is_all_there_is(lines: list[str], at: int) -> bool:
    """A single word above the mark and a line or two below it: they may be the very thing that somebody sends
    ("Here:", then a name and a number), and cost nothing to show."""
    below = [line for line in lines[at + 1 :] if line.strip()]
    return len(" ".join(lines[:at]).split()) == 1 and len(below) <= 2


def _only_devices(below: list[str]) -> bool:
    """At most three lines that are not of the same sort: an advertisement, a name."""
    return len(list(islice((line for line in below if line.strip() and not SENT_FROM.match(line)), 4))) <= 3


def _is_signature(below: list[str]) -> bool:
    """Below the mark: few lines, none of them a paragraph."""
    text = list(islice((line for line in below if line.strip()), 17))
    return len(text) <= 16 and all(len(line) < 200 for line in text)


def _without_tail(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and TAIL.match(lines[end - 1]):
        end -= 1
    return lines[:end]


def _next_text(lines: list[str], at: int) -> int | None:
    return next((n for n in range(at, len(lines)) if lines[n].strip()), None)


def _has_text(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _is_answer_below(lines: list[str], at: int) -> bool:
    """Nothing above the attribution and no quote mark below: some programs put the answer there."""
    return not any(QUOTED.match(line) for line in lines[at:])
