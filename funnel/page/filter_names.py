"""The filters of a question by their names, where nobody can choose: in files, mails and lists of kept questions."""

from typing import Any

from funnel.report.asking import QuestionForm

Words = dict[str, Any]
FILTERS = ("channel", "department", "language", "tag")


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


def say_filters(filters: list[tuple[str, list[str]]]) -> str:
    """The part of the desk by all their values; "" for all of it."""
    return "; ".join(", ".join(values) for _label, values in filters)


def as_list(word: str | list[str]) -> list[str]:
    return [word] if isinstance(word, str) else word
