"""A question answered: the figures of its period and of the one it is compared with."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from funnel.models import Edition, SupportSession
from funnel.report.asking import Question
from funnel.report.breakdown import break_down
from funnel.report.counting import gather
from funnel.report.figures import make_figures
from funnel.report.period import Period
from funnel.report.stored import gather_stored, is_small, waiting_of
from funnel.sessions.present_hours import with_present_hours
from funnel.sessions.reading import read_history
from funnel.sessions.rules import DEFAULT_RULES
from helpdesk import clock

FIRST_RECORD = f"SELECT min(started_at) FROM {SupportSession._meta.db_table} WHERE edition_id = %s"


@dataclass(frozen=True)
class Answer:
    """`updated_at` is the moment the figures speak of; `records_since` that of the first session ever, if any."""

    updated_at: datetime
    records_since: datetime | None
    figures: dict[str, Any]
    before: dict[str, Any]

    @property
    def age(self) -> int:
        """Seconds since the figures were reckoned."""
        return max(0, int((clock.now() - self.updated_at).total_seconds()))


def answer(question: Question) -> Answer:
    """The report for this question from the stored tallies; from the ledger as long as there are none."""
    edition, now = question.edition, clock.now()
    return from_ledger(question, now=now) if edition is None else from_tallies(edition, question, now=now)


def from_tallies(edition: Edition, question: Question, *, now: datetime) -> Answer:
    """What is counted speaks of the edition's last refresh, who waits and since when of `now`."""

    waiting = waiting_of(edition, question.scope, now=now)

    def figures(span: Period) -> dict[str, Any]:
        material = gather_stored(edition, span, question.scope, now=now, waiting=waiting)
        return make_figures(material, span, now=now)

    return Answer(
        updated_at=edition.reckoned_at or now,
        records_since=first_record(edition),
        figures=figures(question.period),
        before=figures(question.compared),
    )


def first_record(edition: Edition) -> datetime | None:
    """When the first session began. Asked of every report, so without building the question anew each time."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_RECORD, [edition.facts_id])
        return cursor.fetchone()[0]


def from_ledger(question: Question, *, now: datetime) -> Answer:
    """The report as everything was known at `now`, which may be long past."""
    edition = question.edition
    rules = edition.rules if edition else DEFAULT_RULES
    history = read_history(now=now, rules=rules)
    if edition and edition.business_hours == Edition.Hours.NOW:
        history = with_present_hours(history)

    def figures(span: Period) -> dict[str, Any]:
        return make_figures(gather(history, span, now=now, scope=question.scope, rules=rules), span, now=now)

    return Answer(
        updated_at=now,
        records_since=min((session.started_at for session in history.sessions), default=None),
        figures=figures(question.period),
        before=figures(question.compared),
    )


def records_begin_late(question: Question, records_since: datetime | None) -> date | None:
    """The day our records begin, where that is too late to compare counts with the period before."""
    previous = question.compared
    if records_since is None or not previous.start < records_since < previous.end:
        return None
    is_covered = previous.is_covered_since(records_since)
    return None if is_covered else records_since.astimezone(previous.zone).date()


def parts(question: Question, by: str, *, given: Answer | None = None) -> list[dict[str, Any]]:
    """The figures of each channel, department, language, tag or teammate (breakdown.DIMENSIONS) of the question.
    `given` is its answer, where that is at hand: it knows already whether the medians can be exact."""
    edition, period, now = question.edition, question.period, clock.now()
    if edition is None:
        return []
    is_exact = given.figures["medians_are_exact"] if given else is_small(edition, period, now=now)
    return break_down(edition, period, question.scope, by, now=now, is_exact=is_exact)
