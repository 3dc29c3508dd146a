from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.connectors.email.parsing.invitations import Invitation, read_invitation
from helpdesk.connectors.email.parsing.message import Address
from tests.effort import effort

OUTLOOK = """BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN=Carla Bianchi:mailto:carla@customer.example
SUMMARY;LANGUAGE=it-IT:Delivery\\, and set
 up
DTSTART;TZID={zone}:20260706T100000
DTEND;TZID={zone}:20260706T110000
LOCATION:Room 3
UID:1
END:VEVENT
END:VCALENDAR
"""


def event(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]).encode()


@pytest.mark.parametrize("zone", ["W. Europe Standard Time", "Europe/Rome", "Our Own Zone"])
def test_an_invitation_says_what_when_where_and_who_whatever_its_zone_is_called(zone):
    assert read_invitation(OUTLOOK.format(zone=zone).encode()) == Invitation(
        summary="Delivery, and setup",
        starts_at=datetime(2026, 7, 6, 8, tzinfo=UTC),
        ends_at=datetime(2026, 7, 6, 9, tzinfo=UTC),
        where="Room 3",
        organiser=Address("Carla Bianchi", "carla@customer.example"),
        method="request",
    )


def test_an_event_of_whole_days_ends_on_its_last_day():
    found = read_invitation(event("SUMMARY:Fair", "DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260107"))
    assert (found.starts_on, found.ends_on, found.starts_at) == (date(2026, 1, 5), date(2026, 1, 6), None)


def test_a_duration_stands_for_the_end_and_a_rule_makes_it_repeated():
    found = read_invitation(event("DTSTART:20260105T100000Z", "DURATION:PT90M", "RRULE:FREQ=WEEKLY;COUNT=9"))
    assert found.ends_at == datetime(2026, 1, 5, 11, 30, tzinfo=UTC) and found.is_repeated


@pytest.mark.parametrize(
    "content", [b"", b"x", b"BEGIN:VCALENDAR", b"\xff\xfe\x00", b"BEGIN:VEVENT\n" * 5_000, b"a" * 200_000]
)
def test_what_is_no_invitation_is_none(content):
    assert read_invitation(content) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=YEARLY;BYSECOND=1,2,3,4;BYMINUTE=1,2,3,4;BYHOUR=1,2,3",
        "FREQ=MINUTELY;COUNT=99999999",
    ],
)
def test_a_zone_that_would_change_every_second_costs_nothing(rule):
    bomb = OUTLOOK.format(zone="x").replace("FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", rule)
    assert effort(lambda: read_invitation(bomb.encode())) < 20


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.integers(0, 800), st.integers(0, 40))
def test_a_damaged_invitation_is_read_or_not_but_never_raises(noise, at, cut):
    text = OUTLOOK.format(zone="Europe/Rome")
    read_invitation((text[:at] + noise + text[at + cut :]).encode("utf-8", "replace"))
