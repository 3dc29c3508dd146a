"""A bot's conversation as a customer would read it, from the editor as it stands."""

from dataclasses import dataclass

from django.utils import translation

from routing.bots.questions import (
    ATTRIBUTE,
    CHOICE,
    attributes_of_people,
    in_language,
    last_words,
    offered,
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
            text = "\n\n".join(filter(None, [before, question.text(language)]))
            said.append(Said(text, list(filter(None, offered(question, language)))))
            before = ""
        end = last_words(bot.closing, language)
    return [*said, Said("\n\n".join(filter(None, [before, end])), [])]


def can_be_asked(stored: dict) -> bool:
    if stored["kind"] == ATTRIBUTE and stored["attribute"] not in attributes_of_people():
        return False
    return bool(stored["texts"]) and (stored["kind"] != CHOICE or bool(stored["options"]))
