"""A shortcut as its editor shows it, and back: plain fields, a text for each language, and lines of steps."""

from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from helpdesk.asked import read_number
from helpdesk.errors import NotThere
from helpdesk.people.models import User, Workspace
from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts.placeholders import PLACEHOLDERS, unknown_in
from helpdesk.tickets.shortcuts.previewing import Sample, sample_of
from helpdesk.tickets.shortcuts.steps import STEPS, Offers, Step
from helpdesk.tickets.text import clean_text

ME, EVERYBODY = "me", "everybody"


@dataclass(frozen=True)
class Text:
    """One language of it, with its fault."""

    language: str
    label: str
    text: str
    fault: str = ""


@dataclass(frozen=True)
class Line:
    """One step with its choices. `number` names it in the form."""

    what: Step
    options: list[tuple[str, str]]
    number: int | str = ""
    value: str = ""
    fault: str = ""

    @property
    def is_gone(self) -> bool:
        """What was chosen once is no longer there."""
        return bool(self.value and self.options and self.value not in dict(self.options))


def new_shortcut(user: User) -> Shortcut:
    """An empty one: an agent's is their own, an admin's for everybody."""
    language = Workspace.get().language
    return Shortcut(language=language, owner=None if user.is_admin else user)


def read_form(post: QueryDict, shortcut: Shortcut, user: User) -> Shortcut:
    """Put what the editor sent into the shortcut, unsaved and unchecked. Raises NotThere for people who are none."""
    shortcut.name, shortcut.keywords = post.get("name", ""), post.get("keywords", "")
    texts = {code: post.get(f"text_{code}", "") for code, _label in settings.LANGUAGES}
    shortcut.text = texts.pop(shortcut.language, "")
    shortcut.translations = {code: text for code, text in texts.items() if text.strip()}
    shortcut.actions = [
        {"do": do, "value": clean_text(value).strip()}
        for do, value in zip(post.getlist("do"), post.getlist("value"), strict=False)
    ]
    read_reach(post.get("reach", ""), shortcut, user)
    return shortcut


def read_reach(reach: str, shortcut: Shortcut, user: User) -> None:
    kind, _dash, number = reach.partition("-")
    if not user.is_admin or reach == ME:
        shortcut.owner, shortcut.department = user, None
    elif kind == "department":
        departments = Shortcut._meta.get_field("department").related_model.objects
        shortcut.owner, shortcut.department = (
            None,
            departments.filter(pk=read_number(number)).first(),
        )
        if shortcut.department is None:
            raise NotThere
    elif kind == "person":
        shortcut.department = None  # somebody else's stays theirs
    else:
        shortcut.owner, shortcut.department = None, None


def change_lines(shortcut: Shortcut, press: str, post: QueryDict) -> None:
    """What the buttons for steps do where there are no scripts: "add actions", "remove actions 2"."""
    verb, _space, place = press.partition(" ")
    number = read_number(place.rpartition(" ")[2])
    if verb == "remove" and number is not None and number < len(shortcut.actions):
        del shortcut.actions[number]
    elif verb == "add" and post.get("new_action") in STEPS:
        shortcut.actions.append({"do": post["new_action"], "value": ""})


class Editor:
    """Everything the editor's page prints."""

    example = "{{customer.first_name|there}}"

    def __init__(self, shortcut: Shortcut, user: User, faults: dict[str, str] | None = None) -> None:
        self.shortcut, self.user, self.faults = shortcut, user, faults or {}
        self.offers = Offers(user)
        self.placeholders = [(f"{{{{{key}}}}}", one.label) for key, one in PLACEHOLDERS.items()]

    @property
    def texts(self) -> list[Text]:
        """The language it was first written in comes first."""
        texts, first = self.shortcut.texts, self.shortcut.language
        rows = [
            Text(code, str(label), texts.get(code, ""), self.faults.get(f"text.{code}", ""))
            for code, label in settings.LANGUAGES
        ]
        return sorted(rows, key=lambda row: row.language != first)

    @property
    def reaches(self) -> list[tuple[str, str]]:
        """For whom it may be; to an agent nothing is offered."""
        if not self.user.is_admin:
            return []
        departments = Shortcut._meta.get_field("department").related_model.objects.filter(is_active=True)
        listed = [(EVERYBODY, _("Everybody")), *((f"department-{one.pk}", one.name) for one in departments)]
        if self.shortcut.owner_id not in (None, self.user.pk):
            return [(self.reach, str(self.shortcut.owner)), *listed, (ME, _("Only me"))]
        return [*listed, (ME, _("Only me"))]

    @property
    def reach(self) -> str:
        if self.shortcut.department_id:
            return f"department-{self.shortcut.department_id}"
        if self.shortcut.owner_id:
            return ME if self.shortcut.owner_id == self.user.pk else f"person-{self.shortcut.owner_id}"
        return EVERYBODY

    @property
    def lines(self) -> list[Line]:
        return [
            Line(
                STEPS[action["do"]],
                self.offers.of(STEPS[action["do"]]),
                number,
                action.get("value", ""),
                self.faults.get(f"actions.{number}", ""),
            )
            for number, action in enumerate(self.shortcut.actions)
            if action.get("do") in STEPS
        ]

    @property
    def blank_lines(self) -> list[Line]:
        """One empty line of every kind, for the templates that scripts copy."""
        return [Line(step, self.offers.of(step)) for step in STEPS.values()]

    @property
    def samples(self) -> list[Sample]:
        return [sample_of(text.text, self.user, text.language) for text in self.texts if text.text.strip()]

    @property
    def said_steps(self) -> list[str]:
        return self.offers.said(
            [one for one in self.shortcut.actions if one.get("value") or one.get("do") == "close"]
        )

    @property
    def unknown(self) -> list[str]:
        return list(dict.fromkeys(name for text in self.texts for name in unknown_in(text.text)))
