"""A bot as its editor shows it, and back, read from what the form sent.

The form carries all languages' texts, and says by hidden fields `question` and `N.option` which parts it has, so that a
part that was taken away is gone whatever its fields are called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict

from helpdesk.asked import read_number
from helpdesk.tickets.text import clean_text
from routing.bots.questions import CHOICE, WORDS
from routing.bots.saving import MOST_OPTIONS, MOST_QUESTIONS
from routing.models import Bot, Department

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Text:
    """One language's input."""

    language: str
    name: str
    value: str


@dataclass(frozen=True)
class OptionPart:
    name: str  # what the names of its inputs begin with
    number: int
    stored: Mapping[str, Any]
    texts: list[Text]
    fault: str


@dataclass(frozen=True)
class QuestionPart:
    name: str
    number: int
    stored: Mapping[str, Any]
    texts: list[Text]
    options: list[OptionPart]
    fault: str


def read_draft(post: QueryDict, bot: Bot) -> Bot:
    """Put what the editor sent into the bot, unsaved and unchecked."""
    bot.name = clean_text(post.get("name", "")).strip()
    bot.opening, bot.closing = texts_in(post, "opening"), texts_in(post, "closing")
    bot.questions = [question_in(post, part) for part in post.getlist("question")[: MOST_QUESTIONS + 1]]
    bot.department = Department.objects.filter(pk=read_number(post.get("department", ""))).first()
    bot.asks_rules = "asks_rules" in post
    bot.patience_minutes = read_number(post.get("patience_minutes", "")) or 0
    return bot


def question_in(post: QueryDict, part: str) -> dict[str, Any]:
    options = post.getlist(f"{part}.option")[: MOST_OPTIONS + 1]
    return {
        "texts": texts_in(post, f"{part}.text"),
        "kind": post.get(f"{part}.kind", WORDS),
        "attribute": post.get(f"{part}.attribute", ""),
        "is_optional": f"{part}.is_optional" in post,
        "options": [option_in(post, option) for option in options],
    }


def option_in(post: QueryDict, part: str) -> dict[str, Any]:
    gets = {name: clean_text(post.get(f"{part}.{name}", "")) for name in ("tag", "priority", "department")}
    return {"texts": texts_in(post, f"{part}.text"), **gets}


def texts_in(post: QueryDict, name: str) -> dict[str, str]:
    texts = {code: clean_text(post.get(f"{name}.{code}", "")).strip() for code in LANGUAGES}
    return {code: text for code, text in texts.items() if text}


def blank_question() -> dict[str, Any]:
    return {"texts": {}, "kind": WORDS, "attribute": "", "is_optional": False, "options": []}


def blank_option() -> dict[str, Any]:
    return {"texts": {}, "tag": "", "priority": "", "department": ""}


def change_parts(bot: Bot, press: str) -> None:
    """What the buttons of the editor do: "add question", "up 2", "down 0", "remove 1", "add option 1", "remove option 1 0"."""
    verb, *rest = press.split() or [""]
    numbers = [number for number in map(read_number, rest) if number is not None]
    questions = bot.questions
    if press == "add question":
        questions.append(blank_question())
    elif rest[:1] == ["option"]:
        change_options(questions, verb, numbers)
    elif len(numbers) == 1 and numbers[0] < len(questions):
        move_or_remove(questions, verb, numbers[0])
    for question in questions:
        if question["kind"] == CHOICE and not question["options"]:
            question["options"] = [blank_option(), blank_option()]


def change_options(questions: list[dict[str, Any]], verb: str, numbers: Sequence[int]) -> None:
    if not numbers or numbers[0] >= len(questions):
        return
    options = questions[numbers[0]]["options"]
    if verb == "add":
        options.append(blank_option())
    elif verb == "remove" and len(numbers) == 2 and numbers[1] < len(options):
        del options[numbers[1]]


def move_or_remove(questions: list[dict[str, Any]], verb: str, at: int) -> None:
    if verb == "remove":
        del questions[at]
    elif verb == "up" and at > 0:
        questions[at - 1 : at + 1] = questions[at], questions[at - 1]
    elif verb == "down" and at + 1 < len(questions):
        questions[at : at + 2] = questions[at + 1], questions[at]


def parts_of(bot: Bot, faults: Mapping[str, str]) -> list[QuestionPart]:
    """The questions as the editor prints them."""
    return [question_part(number, stored, faults) for number, stored in enumerate(bot.questions)]


def question_part(number: int, stored: Mapping[str, Any], faults: Mapping[str, str]) -> QuestionPart:
    name = f"q{number}"
    options = [
        OptionPart(
            name=f"{name}.o{place}",
            number=place,
            stored=option,
            texts=inputs_of(f"{name}.o{place}.text", option["texts"]),
            fault=faults.get(f"questions.{number}.options.{place}", ""),
        )
        for place, option in enumerate(stored.get("options", []))
    ]
    return QuestionPart(
        name=name,
        number=number,
        stored=stored,
        texts=inputs_of(f"{name}.text", stored["texts"]),
        options=options,
        fault=faults.get(f"questions.{number}", ""),
    )


def inputs_of(name: str, texts: Mapping[str, str]) -> list[Text]:
    return [Text(code, f"{name}.{code}", texts.get(code, "")) for code in LANGUAGES]


def languages_lacking(bot: Bot) -> set[str]:
    """Where a text is missing that another language has."""
    said = [bot.opening, bot.closing, *(texts for stored in bot.questions for texts in texts_of(stored))]
    return {code for code in LANGUAGES if any(texts and code not in texts for texts in said)}


def texts_of(stored: Mapping[str, Any]) -> list[Mapping[str, str]]:
    options = stored["options"] if stored["kind"] == CHOICE else []
    return [stored["texts"], *(option["texts"] for option in options)]
