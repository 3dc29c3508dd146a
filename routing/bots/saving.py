"""Saving a bot: everything that could not run is refused with its place and its reason, or all is saved."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from helpdesk.conditions.choices import departments, priorities
from helpdesk.errors import InvalidRule
from helpdesk.sweeping import count_each
from helpdesk.tickets.actions import normal_tag
from helpdesk.tickets.models.message import LONGEST_CHOICE
from routing.bots.questions import (
    ATTRIBUTE,
    CHOICE,
    KIND_NAMES,
    attributes_of_people,
    in_language,
    person_words,
    plain,
    skip_words,
)
from routing.bots.running import Reason, end_for
from routing.models import Bot

MOST_QUESTIONS, MOST_OPTIONS = 12, 12
LONGEST_TEXT = 1000  # characters
MOST_MINUTES = 1440


def save_bot(bot: Bot) -> Bot:
    """Save a new or changed bot. Raises InvalidRule, whose places are name, opening, closing, department, patience_minutes,
    questions, and of the third question's second choice questions.2.options.1. Conversations that go on ask what is new; one
    that has fewer questions left than it had asked ends."""
    bot.name = bot.name.strip()
    bot.opening, bot.closing = tidy(bot.opening), tidy(bot.closing)
    bot.questions = [tidy_question(one) for one in bot.questions]
    faults: dict[str, str] = {}
    for place, reason in faults_of(bot):
        faults.setdefault(place, reason)
    if faults:
        raise InvalidRule(faults)
    bot.save()
    return bot


def switch_bot(bot: Bot, *, is_active: bool) -> None:
    """On or off; what it asks just now goes to the team when it is switched off."""
    Bot.objects.filter(pk=bot.pk).update(is_active=is_active)
    if not is_active:
        end_all(bot)


@transaction.atomic
def delete_bot(bot: Bot) -> None:
    """What was answered stays with the tickets."""
    end_all(bot)
    bot.delete()


def end_all(bot: Bot) -> None:
    going = bot.runs.filter(ended_at=None).values_list("ticket")
    count_each(lambda ticket: end_for(ticket, Reason.OFF), going)


def tidy(texts: Mapping[str, str]) -> dict[str, str]:
    """Only languages that there are, only those with a text."""
    return {code: texts[code].strip() for code, _name in settings.LANGUAGES if texts.get(code, "").strip()}


def tidy_question(question: Mapping[str, Any]) -> dict[str, Any]:
    """What its kind has use for, and nothing else."""
    kind = str(question.get("kind", ""))
    tidied = {"texts": tidy(question.get("texts", {})), "kind": kind}
    tidied["is_optional"] = bool(question.get("is_optional"))
    if kind == ATTRIBUTE:
        tidied["attribute"] = str(question.get("attribute", ""))
    if kind == CHOICE:
        tidied["options"] = [tidy_option(one) for one in question.get("options", [])]
    return tidied


def tidy_option(option: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "texts": tidy(option.get("texts", {})),
        "tag": normal_tag(str(option.get("tag", ""))),
        "priority": str(option.get("priority", "")),
        "department": str(option.get("department", "")),
    }


def faults_of(bot: Bot) -> Iterator[tuple[str, str]]:
    """(place, reason) of everything that is wrong."""
    if not bot.name:
        yield "name", _("Give the bot a name.")
    elif len(bot.name) > 80:
        yield "name", _("At most 80 characters.")
    elif Bot.objects.filter(name__iexact=bot.name).exclude(pk=bot.pk).exists():
        yield "name", _("There is a bot of this name.")
    for place in ("opening", "closing"):
        yield from length_faults(place, getattr(bot, place), LONGEST_TEXT)
    if not 1 <= (bot.patience_minutes or 0) <= MOST_MINUTES:
        yield "patience_minutes", _("Write a time from one minute to a day.")
    if not bot.questions:
        yield "questions", _("Add at least one question.")
    if len(bot.questions) > MOST_QUESTIONS:
        yield "questions", _("At most %(most)s questions.") % {"most": MOST_QUESTIONS}
    for number, question in enumerate(bot.questions[:MOST_QUESTIONS]):
        yield from faults_of_question(f"questions.{number}", question)


def faults_of_question(place: str, question: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not question["texts"]:
        yield place, _("Write the question.")
    yield from length_faults(place, question["texts"], LONGEST_TEXT)
    if question["kind"] not in KIND_NAMES:
        yield place, _("Choose what is asked for.")
    if question["kind"] == ATTRIBUTE and question["attribute"] not in attributes_of_people():
        yield place, _("Choose what is to be filled in.")
    if question["kind"] != CHOICE:
        return
    options = question["options"]
    if len(options) < 2:
        yield place, _("Give at least two choices.")
    if len(options) > MOST_OPTIONS:
        yield place, _("At most %(most)s choices.") % {"most": MOST_OPTIONS}
    known = {"priority": keys_of(priorities()), "department": keys_of(departments())}
    for number, option in enumerate(options[:MOST_OPTIONS]):
        yield from faults_of_option(f"{place}.options.{number}", option, known)
    yield from twin_faults(place, options)


def faults_of_option(
    place: str, option: Mapping[str, Any], known: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    if not option["texts"]:
        yield place, _("Write the choice.")
    yield from length_faults(place, option["texts"], LONGEST_CHOICE)
    if any(option[name] and option[name] not in keys for name, keys in known.items()):
        yield place, _("Choose one of the list.")


def twin_faults(place: str, options: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """An answer has to say which of them it means, in every language, also where it is offered in another; and none may read
    like the buttons that the bot has beside them."""
    for code, _name in settings.LANGUAGES:
        said = [plain(in_language(option["texts"], code)) for option in options if option["texts"]]
        if len(said) != len(set(said)):
            yield place, in_words_of(code, _("Two choices read alike."))
        with override(code):
            own = {plain(words): words for words in (skip_words(), person_words())}
        if taken := own.keys() & said:
            reason = _("The bot itself offers “%(text)s”.") % {"text": own[taken.pop()]}
            yield place, in_words_of(code, reason)


def length_faults(place: str, texts: Mapping[str, str], most: int) -> Iterator[tuple[str, str]]:
    for code, text in texts.items():
        if len(text) > most:
            yield place, in_words_of(code, _("At most %(most)s characters.") % {"most": most})


def in_words_of(code: str, reason: str) -> str:
    """The reason with the language of the text it is about, which may not be the one before the eyes."""
    return f"{dict(settings.LANGUAGES)[code]}: {reason}"


def keys_of(offered: list[tuple[str, str]]) -> set[str]:
    return {str(key) for key, _words in offered}
