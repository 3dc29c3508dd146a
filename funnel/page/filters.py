"""The filters as the page draws them: what can be chosen, what is, and how to take one away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from funnel.models import Edition, Tally
from funnel.report.asking import Question, QuestionForm
from funnel.tallies.cells import ALL

EVERY = {
    "channel": gettext_lazy("All channels"),
    "department": gettext_lazy("All departments"),
    "language": gettext_lazy("All languages"),
}
SEVERAL = {
    "channel": ngettext_lazy("%(count)s channel", "%(count)s channels", "count"),
    "department": ngettext_lazy("%(count)s department", "%(count)s departments", "count"),
    "language": ngettext_lazy("%(count)s language", "%(count)s languages", "count"),
}
NAMED_AT_MOST = 2
Words = dict[str, Any]


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """One filter: its name in the form, what it is of, what its closed list says, and what can be chosen."""

    name: str
    label: str
    summary: str
    options: list[Option]


@dataclass(frozen=True)
class Chip:
    """One filter in force; `url` is the page without it."""

    label: str
    value: str
    url: str


def options_of(form: QuestionForm, name: str, chosen: Iterable[str]) -> list[Option]:
    return [
        Option(str(value), str(label), str(value) in chosen) for value, label in form.fields[name].choices
    ]


def choices_of(form: QuestionForm, question: Question) -> list[Choice]:
    """The lists of several: channel, department, language."""
    found = []
    for name in EVERY:
        options = options_of(form, name, question.words.get(name, ()))
        found.append(Choice(name, str(form.fields[name].label), say_chosen(name, options), options))
    return found


def say_chosen(name: str, options: list[Option]) -> str:
    chosen = [option.label for option in options if option.is_chosen]
    if not chosen:
        return str(EVERY[name])
    if len(chosen) <= NAMED_AT_MOST:
        return ", ".join(chosen)
    return SEVERAL[name] % {"count": len(chosen)}


def chips_of(choices: list[Choice], words: Words) -> list[Chip]:
    """The filters in force, one by one. `words`: what is asked for, as the page's URL spells it."""
    chips = [
        Chip(choice.label, option.label, page_without(words, choice.name, option.value))
        for choice in choices
        for option in choice.options
        if option.is_chosen
    ]
    if words.get("tag"):
        chips.append(Chip(_("Tag"), words["tag"], page_url(words | {"tag": ""})))
    return chips


def page_without(words: Words, name: str, value: str) -> str:
    """The page's URL without one value of a filter."""
    return page_url(words | {name: [word for word in words[name] if word != value]})


def page_without_filters(words: Words) -> str:
    return page_url(words | dict.fromkeys((*EVERY, "tag"), ""))


def page_url(words: Words) -> str:
    query = urlencode({name: word for name, word in words.items() if word}, doseq=True)
    return f"{reverse('funnel:page')}?{query}" if query else reverse("funnel:page")


def say_part(choices: list[Choice], question: Question) -> str:
    """The part of the desk in words: "Email, Web chat; Billing; tag vip"; empty for all of it."""
    parts = [choice.summary for choice in choices if any(option.is_chosen for option in choice.options)]
    if question.scope.tag:
        parts.append(_("tag %(tag)s") % {"tag": question.scope.tag})
    return "; ".join(parts)


def tags_in_use(edition: Edition | None) -> list[str]:
    """Every tag that anything in the report carries, for the field to suggest."""
    whole = {"channel": ALL, "department": ALL, "language": ALL, "agent": ALL, "grain": Tally.Grain.MONTH}
    tallies = Tally.objects.filter(edition=edition, **whole).exclude(tag=ALL)
    return list(tallies.order_by("tag").values_list("tag", flat=True).distinct())
