"""A bot's conversation as a customer would read it, from the editor as it stands."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from routing.bots.questions import (
    ATTRIBUTE,
    CHOICE,
    attributes_of_people,
    choices_of,
    in_language,
    read_questions,
)
from routing.bots.saving import tidy_question
from routing.models import Bot


@dataclass(frozen=True)
class Said:
    """What the bot says at once, and what can be tapped."""

    text: str
    choices: list[str]


def preview_of(bot: Bot, language: str) -> list[Said]:
    """The questions that have a text by now, and the end, in this language."""
    said, before = [], in_language(bot.opening, language)
    stored = [tidy_question(one) for one in bot.questions]
    with translation.override(language):
        for question in read_questions([one for one in stored if can_be_asked(one)]):
            further = [_("Skip")] if question.is_optional else []
            text = "\n\n".join(filter(None, [before, question.text(language)]))
            choices = [choice for choice in choices_of(question, language) if choice]
            said.append(Said(text, [*choices, *further, _("Talk to a person")]))
            before = ""
        end = in_language(bot.closing, language) or _("Thank you. A colleague takes it from here.")
    return [*said, Said("\n\n".join(filter(None, [before, end])), [])]


def can_be_asked(stored: dict) -> bool:
    if stored["kind"] == ATTRIBUTE and stored["attribute"] not in attributes_of_people():
        return False
    return bool(stored["texts"]) and (stored["kind"] != CHOICE or bool(stored["options"]))
