"""A bot's question: how it is asked, what fits as an answer, and how that reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from helpdesk.errors import Invalid
from helpdesk.people.attributes.definitions import standing
from helpdesk.people.attributes.kinds import KINDS, Unfitting
from helpdesk.people.attributes.models import Attribute
from helpdesk.people.attributes.own_fields import OWN_FIELDS
from helpdesk.people.models import Contact
from helpdesk.tickets.text import clean_text

WORDS, CHOICE, NAME, EMAIL, PHONE, ATTRIBUTE = "words", "choice", "name", "email", "phone", "attribute"
OWN = (NAME, EMAIL, PHONE)  # of everybody: columns of Contact
KIND_NAMES = {
    WORDS: gettext_lazy("in their own words"),
    CHOICE: gettext_lazy("one of your choices"),
    NAME: gettext_lazy("their name"),
    EMAIL: gettext_lazy("their email address"),
    PHONE: gettext_lazy("their phone number"),
    ATTRIBUTE: gettext_lazy("something you keep of people"),
}
LONGEST_ANSWER = 500  # characters


@dataclass(frozen=True)
class Option:
    """What can be chosen, and what the ticket gets by it: a tag, a priority, a department (their ids as text, "": none)."""

    texts: Mapping[str, str]
    tag: str = ""
    priority: str = ""
    department: str = ""

    def text(self, language: str) -> str:
        return in_language(self.texts, language)


@dataclass(frozen=True)
class Question:
    texts: Mapping[str, str]
    kind: str = WORDS
    attribute: str = ""  # a key of attributes_of_people()
    is_optional: bool = False
    options: tuple[Option, ...] = ()

    def text(self, language: str) -> str:
        return in_language(self.texts, language)


@dataclass(frozen=True)
class Answer:
    """`value` is what is kept of it, `words` how it reads to the team, `option` what was chosen of a bot's own choices."""

    value: Any
    words: str
    option: Option | None = None


def read_questions(stored: Sequence[Mapping[str, Any]]) -> list[Question]:
    """Of what is stored, in its order."""
    return [
        Question(
            texts=one["texts"],
            kind=one["kind"],
            attribute=one.get("attribute", ""),
            is_optional=bool(one.get("is_optional")),
            options=tuple(Option(**option) for option in one.get("options", ())),
        )
        for one in stored
    ]


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, else in English, else in the first one there is; "" where there is none."""
    return texts.get(language) or texts.get("en") or next(filter(None, texts.values()), "")


def choices_of(question: Question, language: str) -> list[str]:
    """What a customer may tap, in their language."""
    if question.kind == CHOICE:
        return [option.text(language) for option in question.options]
    attribute = attributes_of_people().get(question.attribute) if question.kind == ATTRIBUTE else None
    if attribute and attribute.kind == Attribute.Kind.CHOICE:
        return list(attribute.choices)
    if attribute and attribute.kind == Attribute.Kind.YES_NO:
        with override(language):
            return [KINDS["yes_no"].words(True), KINDS["yes_no"].words(False)]
    return []


def offered(question: Question, language: str) -> list[str]:
    """The buttons under it; what they say beside the choices is in the active language."""
    further = [skip_words()] if question.is_optional else []
    return [*choices_of(question, language), *further, person_words()]


def skip_words() -> str:
    return _("Skip")


def person_words() -> str:
    return _("Talk to a person")


def last_words(closing: Mapping[str, str], language: str) -> str:
    """The bot's own, else ours in the active language."""
    return in_language(closing, language) or _("Thank you. A colleague takes it from here.")


def attributes_of_people() -> dict[str, Attribute]:
    """Those a bot may ask for. None of companies: what one unknown visitor says is not to stand there for all."""
    return {one.key: one for one in standing() if one.of == Attribute.Of.PERSON}


def is_known(question: Question, contact: Contact) -> bool:
    """Nobody is asked for what stands there, nor for what the team no longer keeps."""
    if question.kind in OWN:
        return bool(getattr(contact, question.kind))
    if question.kind != ATTRIBUTE:
        return False
    return question.attribute in contact.attributes or question.attribute not in attributes_of_people()


def read_answer(question: Question, text: str, language: str) -> Answer:
    """Raises Invalid, which says in the active language why it is no answer to it."""
    text = " ".join(clean_text(text).split())
    if not text:
        raise Invalid(_("Please answer in words."))
    if len(text) > LONGEST_ANSWER:
        raise Unfitting(_("At most %(most)s characters.") % {"most": LONGEST_ANSWER})
    return READERS[question.kind](question, text, language)


def read_words(question: Question, text: str, language: str) -> Answer:
    return Answer(text, text)


def read_own(question: Question, text: str, language: str) -> Answer:
    """Of an address the word that looks like one: "it is carla@example.com"."""
    if question.kind == EMAIL:
        text = next((word.strip("<>,;:()\"'.") for word in text.split() if "@" in word), text)
    value = OWN_FIELDS[question.kind].read(text)
    return Answer(value, value)


def read_choice(question: Question, text: str, language: str) -> Answer:
    at = chosen(text, [option.text(language) for option in question.options])
    option = question.options[at]
    return Answer(option.text(language), option.text(language), option)


def read_attribute(question: Question, text: str, language: str) -> Answer:
    attribute = attributes_of_people()[question.attribute]
    kind = KINDS[attribute.kind]
    offers = choices_of(question, language)
    if attribute.kind == Attribute.Kind.YES_NO:
        value = chosen(text, offers) == 0
    else:
        value = kind.read(offers[chosen(text, offers)] if offers else kind.typed(text), attribute.choices)
    return Answer(value, kind.words(value))


READERS = {WORDS: read_words, CHOICE: read_choice, ATTRIBUTE: read_attribute} | dict.fromkeys(OWN, read_own)


def chosen(text: str, offers: Sequence[str]) -> int:
    """Which of these it names: by its words, or by its number. Raises Unfitting."""
    said = plain(text)
    named = [plain(offer) for offer in offers]
    if said in named:
        return named.index(said)
    if said.isdecimal() and 1 <= int(said) <= len(offers):
        return int(said) - 1
    raise Unfitting(_("Please choose one of these."))


def plain(text: str) -> str:
    """By which two texts read alike: "Invoice!" is "invoice"."""
    return " ".join(text.split()).casefold().rstrip(".!")
