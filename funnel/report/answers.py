"""A question answered: the figures of its period and of the one it is compared with, at most a minute old."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache

from funnel.report.asking import Question
from funnel.report.counting import gather
from funnel.report.figures import make_figures
from funnel.report.period import Period
from funnel.report.scope import Scope
from funnel.sessions.reading import read_history
from helpdesk import clock

KEPT_FOR = 60  # seconds


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
    """The report for this question, reckoned now or within the last minute."""
    key = key_of(question)
    kept = cache.get(key)
    if kept is None:
        kept = asdict(reckon(question, now=clock.now()))
        cache.set(key, kept, KEPT_FOR)
    return Answer(**kept)


def reckon(question: Question, *, now: datetime) -> Answer:
    history = read_history(now=now)
    period, scope = question.period, question.scope

    def figures(span: Period) -> dict[str, Any]:
        return make_figures(gather(history, span, now=now, scope=scope), span, now=now)

    return Answer(
        updated_at=now,
        records_since=min((session.started_at for session in history.sessions), default=None),
        figures=figures(period),
        before=figures(question.compared),
    )


def key_of(question: Question) -> str:
    period, scope = question.period, question.scope
    spans = f"{period.since}:{period.until}:{question.compared.since}:{question.compared.until}"
    return f"funnel:{period.zone.key}:{spans}:{word_of(scope)}"


def word_of(scope: Scope) -> str:
    parts = (scope.channels, scope.departments, scope.languages, {scope.tag})
    return ":".join("+".join(sorted(map(str, part))) for part in parts)
