"""What of a query was not understood, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from helpdesk.desk.filters.keys import find_key


@dataclass(frozen=True)
class Problem:
    """`kind` names the sentence, `text` is the part of the query, `key` the filter whose choices help."""

    kind: str
    text: str
    key: str = ""

    def __str__(self) -> str:
        known = ", ".join(find_key(self.key).choices if self.kind == "choice" else ())
        return sentence_of(self.kind) % {"text": self.text, "known": known}


def sentence_of(kind: str) -> str:
    return {
        "unknown": _("“%(text)s” is no filter; it was looked for as words."),
        "empty": _("“%(text)s” says nothing yet."),
        "choice": _("“%(text)s” is not known. There are: %(known)s."),
        "span": _("“%(text)s” is no span of time. Write 30m, 2h, 3d or 1w, with > or < before it."),
        "day": _("“%(text)s” is no day. Write 2026-11-30, today, yesterday, 7d or 2w."),
        "number": _("“%(text)s” is no ticket’s number."),
        "nobody": _("“%(text)s” fits no teammate."),
        "department": _("“%(text)s” fits no department that is open to you."),
        "attribute": _("“%(text)s” fits nothing that is known of people or companies."),
        "value": _(
            "“%(text)s” can’t be compared with it. Write a number, a day, yes or no, as its type is, with > or < before it."
        ),
        "language": _("“%(text)s” is no language. Write its code, such as it or zh-hans."),
    }[kind]
