"""A question that is kept to be asked again: in a link, or for a mail."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from funnel.page.headline import say_span
from funnel.report.asking import CUSTOM, PERIODS, YEAR, Question, QuestionForm
from funnel.report.period import Period

Words = dict[str, Any]
OF_THE_PERIOD = ("period", "since", "until")


def question_of(words: Words) -> Question | None:
    """The question that these words ask today. None where one of them has lost its sense, as a department that is
    gone: without that filter the answer would show more than was meant."""
    form = QuestionForm(words)
    question = form.question()
    return None if form.errors else question


def asked_in(query: str) -> Question:
    """What the query of the report's page asks."""
    return QuestionForm(QueryDict(query)).question()


def filters_of(words: Words) -> Words:
    """The words without their period, for a mail that brings its own."""
    return {name: word for name, word in words.items() if name not in OF_THE_PERIOD}


def with_span(words: Words, since: date, until: date) -> Words:
    return words | {"period": CUSTOM, "since": since.isoformat(), "until": until.isoformat()}


def say_period(words: Words, zone: ZoneInfo) -> str:
    """ "Last month" where it rolls on, the days where it stays."""
    kind = words.get("period", YEAR)
    if kind != CUSTOM:
        return str(dict(PERIODS)[kind])
    return say_span(Period(*(date.fromisoformat(words[end]) for end in ("since", "until")), zone))
