"""Histories in the replay format, as facts, without any database."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings

from funnel.report.counting import gather
from funnel.report.figures import make_figures
from funnel.report.period import Period
from funnel.report.scope import EVERYTHING, Scope
from funnel.sessions.facts import Fact, History
from helpdesk.events import names
from tests.funnel.splits import with_splits_told

GOLDEN = Path(__file__).parent.parent / "samples" / "golden"
ROME = ZoneInfo("Europe/Rome")
JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31), ROME)
END = datetime.fromisoformat("2026-02-01T00:00:00+01:00")
IN_JANUARY = {"period": "custom", "since": "2026-01-01", "until": "2026-01-31"}  # as a page asks for it
# For examples that are told to the database: each cleans up after itself, so a fixture may serve many.
IN_A_DATABASE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
NAME = {
    "article_viewed": names.ARTICLE_VIEWED,
    "article_searched": names.ARTICLE_SEARCHED,
    "bot_asked": names.BOT_ASKED,
    "bot_answered": names.BOT_ANSWERED,
    "bot_closed": names.BOT_CLOSED,
    "handed_over": names.BOT_HANDED_OVER,
    "conversation_started": names.TICKET_CREATED,
    "customer_replied": names.MESSAGE_RECEIVED,
    "human_replied": names.MESSAGE_REPLIED,
    "closed": names.TICKET_CLOSED,
    "reopened": names.TICKET_REOPENED,
    "rated": names.SURVEY_RATED,
    "spam_marked": names.TICKET_MARKED_SPAM,
    "spam_unmarked": names.TICKET_UNMARKED_SPAM,
    "transferred": names.TICKET_TRANSFERRED,
    "conversation_merged": names.TICKET_MERGED,
    "conversation_unmerged": names.TICKET_UNMERGED,
    "proactive_sent": names.PROACTIVE_SENT,
    "proactive_opened": names.PROACTIVE_OPENED,
    "proactive_clicked": names.PROACTIVE_CLICKED,
    "proactive_replied": names.PROACTIVE_REPLIED,
}


def golden(name: str) -> list[dict]:
    return [json.loads(line) for line in (GOLDEN / name).read_text().splitlines()]


def golden_expected() -> dict:
    return json.loads((GOLDEN / "january.expected.json").read_text())


def as_facts(lines: list[dict]) -> list[Fact]:
    """What the product's verbs would write for these lines; business seconds Monday to Friday 09 to 18 in Rome."""
    facts: list[Fact] = []
    first_message: dict[str, datetime] = {}
    queued: dict[str, datetime] = {}
    with_bot = {line["conversation"] for line in lines if line["kind"] == "bot_asked"}
    answered: set[str] = set()
    spam: set[str] = set()
    person_of, lines = who_is_who(with_splits_told(lines))
    for line in lines:
        at, conversation = datetime.fromisoformat(line["at"]), line.get("conversation")
        agent = line.get("agent")
        is_customer = line["kind"] in {"conversation_started", "reopened", "customer_replied"} and not agent
        kind = "agent" if agent else "customer" if is_customer else "bot"
        common = {
            "at": at,
            "person": person_of.get(line.get("person"), line.get("person")),
            "ticket": conversation,
            "article": line.get("article"),
            "message": line.get("message"),
            "channel": line.get("channel", ""),
            "department": line.get("department"),
            "actor_kind": kind,
            "actor": agent,
        }
        value = business = None
        if line["kind"] == "conversation_started":
            first_message[conversation] = at
            if conversation not in with_bot:
                queued[conversation] = at
        if line["kind"] == "handed_over":
            queued.setdefault(conversation, at)
        if line["kind"] == "human_replied" and conversation not in answered:
            answered.add(conversation)
            business = office_seconds(queued.get(conversation, first_message[conversation]), at)
        if line["kind"] == "closed":
            business = office_seconds(first_message[conversation], at)
        if line["kind"] == "rated":
            value = line["value"]
        facts.append(Fact(name=NAME[line["kind"]], value=value, business_value=business, **common))
        if line["kind"] == "conversation_started" and conversation in queued:
            facts.append(Fact(name=names.TICKET_QUEUED, **common))
        if line["kind"].startswith("spam_"):
            (spam.add if line["kind"] == "spam_marked" else spam.discard)(conversation)
        if line["kind"] == "closed" and conversation in answered - spam:
            facts.append(Fact(name=names.SURVEY_SENT, **common))
    return facts


def who_is_who(lines: list[dict]) -> tuple[dict[str, str], list[dict]]:
    """Who each merged person is in the end, as the reading of the ledger finds out; and the other lines."""
    person_of: dict[str, str] = {}
    others = []
    for line in lines:
        if line["kind"] not in ("merged", "identified"):
            others.append(line)
            continue
        second = next(line[key] for key in ("into", "other", "gone", "with", "value") if key in line)
        one, two = (person_of.get(name, name) for name in (line["person"], second))
        person_of |= {name: one for name, person in person_of.items() if person == two} | {two: one, one: one}
    return person_of, others


def office_seconds(start: datetime, end: datetime) -> int:
    """Seconds of Monday to Friday, 09:00 to 18:00 in Rome, between two moments; day by day."""
    total, day = 0, start.astimezone(ROME).date()
    while day <= end.astimezone(ROME).date():
        if day.weekday() < 5:
            opens, closes = (datetime.combine(day, time(hour), ROME) for hour in (9, 18))
            total += max(0, (min(end, closes) - max(start, opens)).total_seconds())
        day += timedelta(days=1)
    return int(total)


def make_report(history: History, period: Period, *, now: datetime, scope: Scope = EVERYTHING) -> dict:
    """The figures straight from a history in memory."""
    return make_figures(gather(history, period, now=now, scope=scope), period, now=now)
