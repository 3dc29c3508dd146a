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
FILTERS = ("channel", "department", "language", "tag")


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


class FilterNames:
    """What the values of the filters are called; read once for many questions."""

    def __init__(self, form: QuestionForm | None = None) -> None:
        fields = (form or QuestionForm()).fields
        self.labels = {name: str(fields[name].label) for name in FILTERS}
        self.choices = {
            name: {str(value): str(label) for value, label in getattr(fields[name], "choices", ())}
            for name in FILTERS
        }

    def of(self, words: Words) -> list[tuple[str, list[str]]]:
        """The filters that are set: (what is filtered, the names of the values chosen)."""
        chosen = [(name, as_list(words[name])) for name in FILTERS if words.get(name)]
        return [
            (self.labels[name], [self.choices[name].get(value, "–") for value in values])
            if self.choices[name]
            else (self.labels[name], values)
            for name, values in chosen
        ]

    def know(self, words: Words) -> bool:
        """Whether every value chosen is still there."""
        return all(
            value in known
            for name, known in self.choices.items()
            if known and words.get(name)
            for value in as_list(words[name])
        )


def say_part(filters: list[tuple[str, list[str]]]) -> str:
    """The part of the desk in a few words; "" for all of it."""
    return "; ".join(", ".join(values) for _label, values in filters)


def as_list(word: str | list[str]) -> list[str]:
    return [word] if isinstance(word, str) else word
