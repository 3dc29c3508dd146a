"""A tally is what plain SQL counts in the rows of its day or month, however the rows are split and however often it is
counted. That the report read from tallies is the ledger's, test_stored.py holds."""

import random
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from funnel.models import Edition, SupportConversation, SupportSession, Tally
from funnel.report.scope import Scope
from funnel.sessions import paths
from funnel.tallies import counters
from funnel.tallies.cells import ALL, KEPT, WHOLE, Grouping, Key, is_kept
from funnel.tallies.durations import bucket_of
from funnel.tallies.lanes import from_bytes, unpack
from funnel.tallies.rows import Cell, count_rows
from funnel.tallies.spans import next_month, offsets_between, span_of_day, span_of_month
from funnel.tallies.tallying import tally_day, tally_month
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.people.contacts import add_identity
from helpdesk.people.models import ContactIdentity
from tests.factories import make_contact
from tests.funnel.stored import PACKED, tallies
from tests.funnel.tally_rows import FIRST, NOW, conversation, make_edition, session, store

DAY, MONTH = Tally.Grain.DAY, Tally.Grain.MONTH
MARCH = date(2026, 3, 1)
ZONES = ["Europe/Rome", "Asia/Kolkata"]
CLOCKS_GO_FORWARD = date(2026, 3, 29)
DAYS = [MARCH + timedelta(days=days) for days in range(31)]

pytestmark = pytest.mark.django_db


def fill(edition: Edition, *, sessions: int, conversations: int, seed: object) -> None:
    dice = random.Random(str(seed))
    zone = edition.time_zone
    store(
        edition,
        [session(dice, zone) for _ in range(sessions)],
        [conversation(dice, zone, ticket) for ticket in range(conversations)],
    )


def named(counts: int) -> Counter[str]:
    """A tally's counts by name, and its paths by code."""
    lanes = unpack(counts)
    found = dict(enumerate(lanes[: paths.COUNT]))
    found |= dict(zip(counters.NAMES, lanes[paths.COUNT :], strict=False))
    return Counter({name: count for name, count in found.items() if count})


def stored(edition: Edition, grain: str, start: date) -> dict[Key, tuple[int, ...]]:
    return {
        Key(*key): tuple(map(from_bytes, packed))
        for (own_grain, own_start, *key), packed in tallies(edition).items()
        if (own_grain, own_start) == (grain, start)
    }


# -- beside plain SQL

SESSIONS, CONVERSATIONS = "funnel_supportsession", "funnel_supportconversation"
IS_MATURED = "matures_at <= %(now)s"
IS_NEW = "NOT is_spam AND started_by = 'customer'"
IS_CHAT = f"{IS_NEW} AND channel = 'webchat'"
IS_CLOSED = "NOT is_spam AND NOT is_open AND closed_by = 'agent'"
IS_SETTLED = f"{IS_CLOSED} AND %(now)s - closed_at >= interval '7 days'"
HAS_WAITED = "(first_response IS NOT NULL OR %(now)s - queued_at >= interval '10 minutes')"
IS_AT_ONCE = f"{IS_SETTLED} AND agent_closes = 1 AND repliers = 1"
PLAIN = {
    counters.VIEWS: ("sum(views)", SESSIONS, "started_at", "true"),
    counters.VIEWS_MATURED: ("sum(views)", SESSIONS, "started_at", IS_MATURED),
    counters.VIEWERS_MATURED: ("count(*)", SESSIONS, "started_at", f"{IS_MATURED} AND views > 0"),
    counters.BOT_ANSWERED_MATURED: ("count(*)", SESSIONS, "started_at", f"{IS_MATURED} AND is_bot_answered"),
    counters.NEW: ("count(*)", CONVERSATIONS, "queued_at", IS_NEW),
    counters.ALL_NEW: ("count(*)", CONVERSATIONS, "started_at", IS_NEW),
    counters.REPLIED: ("count(*)", CONVERSATIONS, "replied_at", "NOT is_spam"),
    counters.CLOSED: ("count(*)", CONVERSATIONS, "closed_at", IS_CLOSED),
    counters.SETTLED: ("count(*)", CONVERSATIONS, "closed_at", IS_SETTLED),
    counters.AT_ONCE: ("count(*)", CONVERSATIONS, "closed_at", IS_AT_ONCE),
    counters.ASKED: ("count(*)", CONVERSATIONS, "asked_at", "NOT is_spam"),
    counters.RATINGS: ("count(rating)", CONVERSATIONS, "rated_at", "NOT is_spam"),
    counters.GOOD_RATINGS: ("count(*)", CONVERSATIONS, "rated_at", "NOT is_spam AND rating IN (4, 5)"),
    counters.CHATS: ("count(*)", CONVERSATIONS, "queued_at", f"{IS_CHAT} AND {HAS_WAITED}"),
    counters.CHATS_IN_1: ("count(*)", CONVERSATIONS, "queued_at", f"{IS_CHAT} AND first_response <= 60"),
    counters.CHATS_IN_10: ("count(*)", CONVERSATIONS, "queued_at", f"{IS_CHAT} AND first_response <= 600"),
    counters.SPAM: ("count(*)", CONVERSATIONS, "started_at", "is_spam"),
}
DURATIONS = {
    "first_response": ("replied_at", "NOT is_spam"),
    "first_response_business": ("replied_at", "NOT is_spam"),
    "time_to_close": ("closed_at", IS_CLOSED),
    "time_to_close_business": ("closed_at", IS_CLOSED),
}
AGENT = {
    "replied_at": "first_replier",
    "closed_at": "closer",
    "asked_at": "last_replier",
    "rated_at": "last_replier",
}


class PlainSql:
    """One part of the desk on some days, asked for in the plainest way; here the database cuts the days."""

    def __init__(self, edition: Edition, key: Key, since: date, until: date) -> None:
        self.key = key
        self.values = key._asdict() | {
            "facts": edition.pk,
            "zone": edition.time_zone,
            "since": since,
            "until": until,
            "now": NOW,
        }

    def ask(self, what: str, table: str, moment: str, condition: str) -> list[tuple]:
        if self.key.agent != ALL and moment not in AGENT:  # what is nobody's work
            return []
        own = {
            "channel": "channel = %(channel)s",
            "department": "coalesce(department::text, 'none') = %(department)s",
            "language": "language = %(language)s",
            "agent": f"{AGENT.get(moment)}::text = %(agent)s",
            "tag": "%(tag)s = ANY(tags)",
        }
        conditions = [
            "edition_id = %(facts)s",
            f"({moment} AT TIME ZONE %(zone)s)::date BETWEEN %(since)s AND %(until)s",
            condition,
            *(own[name] for name, value in self.key._asdict().items() if value != ALL),
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {what} FROM {table} WHERE {' AND '.join(conditions)}", self.values)
            return cursor.fetchall()

    def counts(self) -> Counter:
        path = f"CASE WHEN {IS_MATURED} THEN path ELSE path / 6 * 6 + 5 END"
        found = Counter(code for (code,) in self.ask(path, SESSIONS, "started_at", "true"))
        for name, question in PLAIN.items():
            for (count,) in self.ask(*question):
                found[name] = count or 0
        return +found

    def hours(self) -> Counter[int]:
        local = "queued_at AT TIME ZONE %(zone)s"
        hour = f"extract(isodow FROM {local})::int * 24 - 24 + extract(hour FROM {local})::int"
        return Counter(hour for (hour,) in self.ask(hour, CONVERSATIONS, "queued_at", IS_NEW))

    def buckets(self, name: str) -> Counter[int]:
        found = self.ask(name, CONVERSATIONS, *DURATIONS[name])
        return Counter(bucket_of(seconds) for (seconds,) in found if seconds is not None)


def lanes_of(packed: int) -> Counter[int]:
    return +Counter(dict(enumerate(unpack(packed))))


def without_people(counts: int) -> Counter[str]:
    found = named(counts)
    del found[counters.PEOPLE]
    return found


def assert_is_plain(cell: tuple[int, ...], plain: PlainSql) -> None:
    packed = dict(zip(PACKED, cell, strict=True))
    assert without_people(packed["counts"]) == plain.counts()
    assert lanes_of(packed["hours"]) == plain.hours()
    for name in DURATIONS:
        assert lanes_of(packed[name]) == plain.buckets(name)


@pytest.mark.parametrize("zone", ZONES)
def test_every_kind_of_tally_is_what_plain_sql_counts(zone):
    edition = make_edition(zone)
    fill(edition, sessions=4_000, conversations=3_000, seed=zone)
    tally_month(edition, MARCH, now=NOW)
    spans = [(MONTH, MARCH, DAYS[-1])]
    for day in (MARCH, CLOCKS_GO_FORWARD, DAYS[-1]):
        tally_day(edition, day, now=NOW)
        spans.append((DAY, day, day))
    dice = random.Random(zone)
    for grain, since, until in spans:
        cells = stored(edition, grain, since)
        by_kind: dict[tuple[bool, ...], list[Key]] = defaultdict(list)
        for key in cells:
            by_kind[tuple(value != ALL for value in key)].append(key)
        for keys in by_kind.values():
            for key in dice.sample(keys, min(3, len(keys))):
                assert_is_plain(cells[key], PlainSql(edition, key, since, until))


# -- splits and sums


@pytest.mark.parametrize("zone", ZONES)
def test_the_days_of_a_month_add_up_to_it(zone):
    edition = make_edition(zone)
    fill(edition, sessions=1_500, conversations=1_500, seed=zone)
    sums: dict[Key, list[int]] = defaultdict(lambda: [0] * len(PACKED))
    for day in DAYS:
        tally_day(edition, day, now=NOW)
        for key, cell in stored(edition, DAY, day).items():
            sums[key] = [one + other for one, other in zip(sums[key], cell, strict=True)]
    tally_month(edition, MARCH, now=NOW)
    month = stored(edition, MONTH, MARCH)
    assert set(sums) <= set(month)
    for key, cell in sums.items():
        assert named(cell[0]) == without_people(month[key][0])
        assert cell[1:] == list(month[key][1:])


@pytest.mark.parametrize("seed", range(8))
def test_however_rows_are_split_the_parts_add_up_to_the_whole(seed):
    dice = random.Random(seed)
    sessions = [session(dice, "Europe/Rome") for _ in range(400)]
    conversations = [conversation(dice, "Europe/Rome", ticket) for ticket in range(400)]
    whole, *parts = (make_edition("Europe/Rome", state=Edition.State.RETIRED) for _ in range(4))
    store(whole, sessions, conversations)
    share = dice.random()  # of the first part: nearly nothing at times, or nearly all

    def split(rows: list) -> list[list]:
        places = [0 if dice.random() < share else dice.choice([1, 2]) for _ in rows]
        return [[row for row, place in zip(rows, places, strict=True) if place == part] for part in range(3)]

    for part, own_sessions, own_conversations in zip(
        parts, split(sessions), split(conversations), strict=True
    ):
        store(part, own_sessions, own_conversations)
    span = span_of_month(MARCH, whole.zone)
    for grain in (DAY, MONTH):
        sums: dict[Key, Cell] = defaultdict(Cell)
        for part in parts:
            for key, cell in count_rows(part, *span, now=NOW, groupings=KEPT[grain]).items():
                sums[key].add(cell)
        expected = count_rows(whole, *span, now=NOW, groupings=KEPT[grain])
        assert {key: cell for key, cell in sums.items() if cell != Cell()} == {
            key: cell for key, cell in expected.items() if cell != Cell()
        }


def test_margins_hold_each_thing_once():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=500, conversations=500, seed="margins")
    tally_month(edition, MARCH, now=NOW)
    month = stored(edition, MONTH, MARCH)
    whole = without_people(month[WHOLE][0])
    for dimension in ("channel", "department", "language"):
        parts = [cell for key, cell in month.items() if key._replace(**{dimension: ALL}) == WHOLE != key]
        assert len(parts) > 2
        assert named(sum(cell[0] for cell in parts)) == whole
        assert [sum(lanes) for lanes in zip(*parts, strict=True)][1:] == list(month[WHOLE][1:])
    with_tag = [named(cell[0]) for key, cell in month.items() if key._replace(tag=ALL) == WHOLE != key]
    assert sum(counts[counters.NEW] for counts in with_tag) > whole[counters.NEW]  # many have several


def test_only_what_the_table_of_cells_names_is_kept():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=1000, conversations=1000, seed="kept")
    tally_day(edition, MARCH, now=NOW)
    tally_month(edition, MARCH, now=NOW)
    every = [tuple(bool(bits >> place & 1) for place in range(5)) for bits in range(32)]
    for grain in (DAY, MONTH):
        kinds = {tuple(value != ALL for value in key) for key in stored(edition, grain, MARCH)}
        kept = {kind for kind in every if is_kept(grain, Key(*("x" if fixed else ALL for fixed in kind)))}
        assert kinds == kept
    assert not is_kept(DAY, Key(channel="email", tag="vip"))
    assert is_kept(MONTH, Key(channel="email", department="1", language="it", tag="vip"))
    assert is_kept(MONTH, Key(agent="1", tag="vip"))
    assert not is_kept(MONTH, Key(agent="1", channel="email", tag="vip"))


def test_a_tag_that_is_a_star_is_not_taken_for_all():
    edition = make_edition("Europe/Rome")
    row = session(random.Random(1), "Europe/Rome") | {"tags": ["*", "vip"], "started_at": FIRST}
    store(edition, [row], [])
    tally_month(edition, date(2026, 2, 1), now=NOW)
    month = stored(edition, MONTH, date(2026, 2, 1))
    assert sum(unpack(month[WHOLE][0])[: paths.COUNT]) == 1
    assert {key.tag for key in month} == {ALL, "vip"}


@pytest.mark.parametrize(
    "scope",
    [
        Scope(channels=frozenset({"email", "webchat"}), tag="vip"),
        Scope(departments=frozenset({None, 2}), languages=frozenset({""})),
        Scope(departments=frozenset({1})),
        Scope(languages=frozenset({"it", "en"}), tag="no such tag"),
    ],
)
def test_a_part_that_no_tally_is_kept_of_is_counted_from_the_rows(scope):
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=800, conversations=800, seed="parts")
    span = span_of_month(MARCH, edition.zone)
    grouping = Grouping(("channel", "department", "language", "tag"), margins=("tag",))
    expected = Cell()
    for key, cell in count_rows(edition, *span, now=NOW, groupings=[grouping]).items():
        department = None if key.department == "none" else int(key.department)
        if (
            key.tag == (scope.tag or ALL)
            and (not scope.channels or key.channel in scope.channels)
            and (not scope.departments or department in scope.departments)
            and (not scope.languages or key.language in scope.languages)
        ):
            expected.add(cell)
    assert count_rows(edition, *span, now=NOW, part=scope) == {WHOLE: expected}


def test_no_agent_s_work_is_left_out_of_the_agents():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=0, conversations=800, seed="agents")
    tally_month(edition, MARCH, now=NOW)
    month = stored(edition, MONTH, MARCH)
    agents = [cell for key, cell in month.items() if key._replace(agent=ALL) == WHOLE != key]
    counts = named(sum(cell[0] for cell in agents))
    assert counts[counters.REPLIED] == named(month[WHOLE][0])[counters.REPLIED]  # each was somebody's
    assert 0 < counts[counters.CLOSED] < named(month[WHOLE][0])[counters.CLOSED]  # some were nobody's
    assert sum(cell[2] for cell in agents) == month[WHOLE][2]
    assert set(counts) <= {
        counters.REPLIED,
        counters.CLOSED,
        counters.SETTLED,
        counters.AT_ONCE,
        counters.ASKED,
        counters.RATINGS,
        counters.GOOD_RATINGS,
    }


# -- again and again


def test_counted_twice_is_counted_once():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=500, conversations=500, seed="twice")
    tally_day(edition, MARCH, now=NOW)
    tally_month(edition, MARCH, now=NOW)
    once = tallies(edition)
    tally_day(edition, MARCH, now=NOW)
    tally_month(edition, MARCH, now=NOW)
    assert tallies(edition) == once


def test_only_tallies_that_say_something_else_are_written_again():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=300, conversations=300, seed="left alone")
    extra = session(random.Random(2), "Europe/Rome") | {
        "channel": "email",
        "started_at": SENT,
        "tags": ["vip"],
    }

    def numbers() -> dict[int, str]:
        tally_month(edition, MARCH, now=NOW)
        return dict(Tally.objects.filter(edition=edition).values_list("pk", "channel"))

    before = numbers()
    assert numbers() == before
    store(edition, [extra], [])
    after = numbers()
    assert {channel for pk, channel in after.items() if pk not in before} == {"email", ALL}
    assert {channel for pk, channel in before.items() if pk in after} >= {"webchat", "email", ALL}


def test_what_is_gone_from_the_rows_is_gone_from_the_tallies():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=50, conversations=50, seed="gone")
    tally_month(edition, MARCH, now=NOW)
    assert stored(edition, MONTH, MARCH)
    SupportSession.objects.all().delete()
    SupportConversation.objects.all().delete()
    tally_month(edition, MARCH, now=NOW)
    assert not tallies(edition)


def test_time_alone_changes_what_a_day_comes_to():
    edition = make_edition("Europe/Rome")
    helped = session(random.Random(1), "Europe/Rome") | {"path": 0, "views": 2, "is_bot_answered": False}
    store(edition, [helped | {"started_at": FIRST, "matures_at": NOW}], [])
    day = FIRST.date()
    tally_day(edition, day, now=NOW - timedelta(seconds=1))
    assert named(stored(edition, DAY, day)[WHOLE][0]) == {paths.STILL_OPEN: 1, counters.VIEWS: 2}
    tally_day(edition, day, now=NOW)
    assert named(stored(edition, DAY, day)[WHOLE][0]) == {
        0: 1,
        counters.VIEWS: 2,
        counters.VIEWS_MATURED: 2,
        counters.VIEWERS_MATURED: 1,
    }


@pytest.mark.django_db(transaction=True)
def test_counted_by_several_at_once_it_is_counted_once():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=300, conversations=300, seed="several")
    tally_day(edition, MARCH, now=NOW)
    once = tallies(edition)

    def count_again(_turn: int) -> None:
        try:
            tally_day(edition, MARCH, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_again, range(12)))
    assert tallies(edition) == once


# -- days, clocks and months


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Rome", CLOCKS_GO_FORWARD, 23),
        ("Europe/Rome", date(2026, 10, 25), 25),
        ("Europe/Rome", date(2026, 2, 28), 24),
        ("Asia/Kolkata", CLOCKS_GO_FORWARD, 24),
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(zone, day, hours):
    start, end = span_of_day(day, ZoneInfo(zone))
    assert end - start == timedelta(hours=hours)
    assert start.astimezone(ZoneInfo(zone)).isoformat()[:19] == f"{day}T00:00:00"


def test_months_end_where_the_next_begins():
    starts = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 12, 1)]
    assert list(map(next_month, starts)) == [date(2026, 2, 1), date(2026, 3, 1), date(2027, 1, 1)]
    assert span_of_month(MARCH, ZoneInfo("Asia/Kolkata")) == (
        datetime(2026, 2, 28, 18, 30, tzinfo=UTC),
        datetime(2026, 3, 31, 18, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("zone", "turns", "offsets"),
    [
        ("Europe/Rome", ["2026-03-29T01:00", "2026-10-25T01:00"], [3600, 7200, 3600]),
        ("Asia/Kolkata", [], [19800]),
        # Half an hour only.
        ("Australia/Lord_Howe", ["2026-04-04T15:00", "2026-10-03T15:30"], [39600, 37800, 39600]),
    ],
)
def test_the_moments_at_which_clocks_change_are_found(zone, turns, offsets):
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    moments = [datetime.fromisoformat(f"{turn}+00:00") for turn in turns]
    assert offsets_between(*year, ZoneInfo(zone)) == (moments, offsets)


# -- proactive messages

SENT = datetime(2026, 3, 10, 12, tzinfo=UTC)
VISITOR = UUID("00000000-0000-0000-0000-000000000007")


def tell(name: str, message: str | None, at: datetime = SENT, **who: object) -> None:
    data = {"message": message} if message else {}
    record(name, by=SYSTEM, occurred_at=at, data=data, channel=who.pop("channel", "email"), **who)


def proactive(edition: Edition, key: Key = WHOLE) -> tuple[int, int]:
    """How many were sent and opened, as the month's tallies have it."""
    tally_month(edition, MARCH, now=NOW)
    counts = named(stored(edition, MONTH, MARCH)[key][0])
    return counts[counters.PROACTIVE_SENT], counts[counters.PROACTIVE_OPENED]


@pytest.mark.parametrize(
    ("later", "opened"),
    [
        (timedelta(0), 1),
        (timedelta(days=7), 1),
        (timedelta(days=7, seconds=1), 0),
        (timedelta(seconds=-1), 0),
    ],
)
def test_a_message_counts_as_opened_within_seven_days(later, opened):
    ann = make_contact("Ann")
    tell(names.PROACTIVE_SENT, "m1", contact=ann)
    tell(names.PROACTIVE_OPENED, "m1", SENT + later, contact=ann)
    assert proactive(make_edition("Europe/Rome")) == (1, opened)


def test_a_message_is_opened_once_and_by_whom_it_was_sent_to():
    ann, bob = make_contact("Ann"), make_contact("Bob")
    for person in (ann, bob):
        tell(names.PROACTIVE_SENT, "m1", contact=person)
    tell(names.PROACTIVE_SENT, "m2", contact=ann)
    for hours in (1, 2):
        tell(names.PROACTIVE_OPENED, "m1", SENT + timedelta(hours=hours), contact=ann)
    assert proactive(make_edition("Europe/Rome")) == (3, 1)


def test_who_opened_it_before_giving_a_name_is_the_same_person():
    ann = make_contact("Ann")
    add_identity(ann, ContactIdentity.Kind.VISITOR, str(VISITOR))
    tell(names.PROACTIVE_SENT, "m1", contact=ann)
    tell(names.PROACTIVE_OPENED, "m1", SENT + timedelta(hours=1), visitor=VISITOR)
    assert proactive(make_edition("Europe/Rome")) == (1, 1)


def test_messages_without_a_name_of_their_own_can_not_be_opened():
    ann = make_contact("Ann")
    tell(names.PROACTIVE_SENT, None, contact=ann)
    tell(names.PROACTIVE_OPENED, None, SENT + timedelta(hours=1), contact=ann)
    assert proactive(make_edition("Europe/Rome")) == (1, 0)


def test_a_message_counts_in_the_channel_and_department_it_was_sent_from():
    ann = make_contact("Ann")
    tell(names.PROACTIVE_SENT, "m1", contact=ann, department_id=5)
    tell(names.PROACTIVE_SENT, "m2", contact=ann, channel="telegram")
    tell(names.PROACTIVE_SENT, "m3", contact=ann, channel="a postcard")
    edition = make_edition("Europe/Rome")
    assert proactive(edition) == (3, 0)
    assert proactive(edition, Key(channel="email", department="5", language="")) == (1, 0)
    assert proactive(edition, Key(channel="telegram")) == (1, 0)
    assert proactive(edition, Key(channel="", department="none")) == (1, 0)
    assert Key(channel="telegram", department="5") not in stored(edition, MONTH, MARCH)


def test_people_are_counted_once_a_month_whatever_they_did():
    ann, bob = make_contact("Ann"), make_contact("Bob")
    edition = make_edition("Europe/Rome")
    dice = random.Random(1)
    rows = [session(dice, "Europe/Rome") | {"person": f"c{ann.pk}", "started_at": SENT} for _ in range(3)]
    rows.append(session(dice, "Europe/Rome") | {"person": f"v{VISITOR}", "started_at": SENT})
    rows.append(session(dice, "Europe/Rome") | {"person": "c0", "started_at": SENT - timedelta(days=30)})
    store(edition, rows, [])
    for person in (ann, bob):
        tell(names.PROACTIVE_SENT, "m1", contact=person)
    tally_month(edition, MARCH, now=NOW)
    month = stored(edition, MONTH, MARCH)
    people = {key: named(cell[0])[counters.PEOPLE] for key, cell in month.items()}
    assert people.pop(WHOLE) == 3
    assert not any(people.values())
