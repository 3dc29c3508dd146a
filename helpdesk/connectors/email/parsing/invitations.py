"""Meeting invitations (text/calendar, RFC 5545 and 6047): what an agent must know of one without a calendar program."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar, Event

from helpdesk.connectors.email.parsing.charsets import safe_text
from helpdesk.connectors.email.parsing.message import Address

LONGEST = 100_000  # bytes
MOST_RULES = 100
LONGEST_FIELD = 300  # characters
RULE = re.compile(r"(?:RRULE|EXRULE|RDATE)\b", re.IGNORECASE)
# How a time zone says when summer begins. The library works every rule of a zone out to its last moment, one a second too.
SUMMER_RULE = re.compile(
    r"RRULE:(?:;?(?:FREQ=YEARLY|INTERVAL=1|BYDAY=[+-]?\d?[A-Z]{2}|BYMONTH=\d{1,2}|BYMONTHDAY=[\d,]{1,20}|WKST=[A-Z]{2}|UNTIL=\d{8}(?:T\d{6}Z?)?))+",
    re.IGNORECASE,
)
EVENT = re.compile(r"\nBEGIN:VEVENT\n.*?(?:\nEND:VEVENT|\Z)", re.IGNORECASE | re.DOTALL)
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Invitation:
    """The first event of a calendar file; every field may be empty.

    starts_at, ends_at  aware UTC; None for an event of whole days, or where the time is not told
    starts_on, ends_on  the first and last day of an event of whole days
    method     request, cancel, reply, counter or publish, lower case: what the mail wants
    """

    summary: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    where: str = ""
    organiser: Address = Address("", "")
    method: str = ""
    is_repeated: bool = False


def read_invitation(content: bytes) -> Invitation | None:
    """What the calendar file says of its first event; None when it holds none or can't be read. Never raises."""
    if not content.strip() or len(content) > LONGEST:
        return None
    try:
        text = _unfolded(content)
        calendar = Calendar.from_ical(_without_rules(text))
        event = next(iter(calendar.walk("VEVENT")), None)
        if event is None:
            return None
        first = EVENT.search(text)
        return _of_event(
            calendar, event, is_repeated=bool(first and re.search(r"(?i)\n(?:RRULE|RDATE)\b", first[0]))
        )
    except BROKEN:  # whatever strangers put into a calendar file: there is no invitation to show then
        return None


def _unfolded(content: bytes) -> str:
    text = "\n" + content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"\n[ \t]", "", text)


def _without_rules(text: str) -> str:
    """Without the rules of repetition, but for those of summer time."""
    kept, rules = [], 0
    for line in text.split("\n"):
        rules += (is_rule := bool(RULE.match(line.strip())))
        if not is_rule or rules <= MOST_RULES and SUMMER_RULE.fullmatch(line.strip()):
            kept.append(line)
    return "\n".join(kept).strip("\n")


def _of_event(calendar: Calendar, event: Event, *, is_repeated: bool) -> Invitation:
    begin, end = _moment(event, "DTSTART"), _end(event)
    is_timed = isinstance(begin, datetime)
    return Invitation(
        summary=_text(event.get("SUMMARY")),
        starts_at=_in_utc(begin),
        ends_at=_in_utc(end),
        starts_on=None if is_timed else begin,
        ends_on=None if is_timed else _last_day(begin, end),
        where=_text(event.get("LOCATION")),
        organiser=_organiser(event.get("ORGANIZER")),
        method=_text(calendar.get("METHOD")).lower(),
        is_repeated=is_repeated,
    )


def _moment(event: Event, name: str) -> date | None:
    value = getattr(event.get(name), "dt", None)
    return value if isinstance(value, date) else None


def _end(event: Event) -> date | None:
    """DTEND, or the begin and DURATION."""
    begin, lasts = _moment(event, "DTSTART"), getattr(event.get("DURATION"), "dt", None)
    return _moment(event, "DTEND") or (begin + lasts if begin and lasts else None)


def _in_utc(moment: date | None) -> datetime | None:
    """A time without a zone ("floating") is taken as UTC: nobody can know better here."""
    if not isinstance(moment, datetime):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _last_day(begin: date | None, end: date | None) -> date | None:
    """The DTEND of whole days is the day after the last (RFC 5545, 3.6.1)."""
    if begin is None or end is None or isinstance(end, datetime) or end <= begin:
        return begin
    return date.fromordinal(end.toordinal() - 1)


def _organiser(value: Any) -> Address:
    if not value:
        return Address("", "")
    name = _text(getattr(value, "params", {}).get("CN"))
    address = _text(value)
    return Address(name, address[7:] if address.lower().startswith("mailto:") else "")


def _text(value: Any) -> str:
    value = value[0] if isinstance(value, list) and value else value
    return " ".join(safe_text(str(value or "")).split())[:LONGEST_FIELD]
