"""Shortcuts as a table (CSV), one line for each language, and back: to edit many at once or take them elsewhere."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from helpdesk.errors import HelpdeskError
from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts.saving import InvalidShortcut, save_shortcut
from helpdesk.tickets.shortcuts.steps import ME, NOBODY, Offers

COLUMNS = ["name", "keywords", "for", "language", "text", "steps"]
EVERYBODY = "everybody"
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula
MOST_LINES = 5000
Department = Shortcut._meta.get_field("department").related_model


class UnreadableTable(HelpdeskError):
    """Nothing of the file was kept. `lines`: what is wrong, by the line's number."""

    def __init__(self, lines: list[tuple[int, str]]) -> None:
        super().__init__(lines[0][1])
        self.lines = lines


@dataclass
class Sheet:
    """What a file asks for: by name and reach, with the number of its first line."""

    shortcuts: dict[tuple, Shortcut] = field(default_factory=dict)
    line_of: dict[tuple, int] = field(default_factory=dict)


def as_csv(shortcuts: Iterable[Shortcut]) -> str:
    """The shortcuts, with `owner` and `department` selected, as a table that `take_in` reads again."""
    known = Names()
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for one in shortcuts:
        reach = one.owner.email if one.owner else str(one.department or EVERYBODY)
        head = [one.name, one.keywords, reach]
        steps = json.dumps(known.named(one.actions), ensure_ascii=False) if one.actions else ""
        for number, (language, text) in enumerate((one.texts or {one.language: ""}).items()):
            writer.writerow([guarded(cell) for cell in (*head, language, text, "" if number else steps)])
    return file.getvalue()


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*RISKY, "'")) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*RISKY, "'")) else cell


def take_in(text: str, *, by: User) -> tuple[int, int]:
    """Keep what the table says, all or nothing: (how many are new, how many were changed).

    A shortcut of the same name for the same people is changed. Raises UnreadableTable with the reason for each line.
    """
    sheet = read_sheet(text, by)
    faults: list[tuple[int, str]] = []
    new, offers = 0, Offers(by)
    with transaction.atomic():
        for key, shortcut in sheet.shortcuts.items():
            new += shortcut.pk is None
            try:
                save_shortcut(shortcut, by=by, offers=offers)
            except InvalidShortcut as refusal:
                faults += [(sheet.line_of[key], reason) for reason in refusal.faults.values()]
            except HelpdeskError as refusal:
                faults.append((sheet.line_of[key], str(refusal)))
        if faults:
            raise UnreadableTable(faults)
    return new, len(sheet.shortcuts) - new


def read_sheet(text: str, by: User) -> Sheet:
    try:
        rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), restkey="more", restval=""))
    except csv.Error as error:
        raise UnreadableTable([(1, _("This is no table: %(error)s") % {"error": error})]) from None
    if not rows or not {"name", "text"} <= set(rows[0]):
        raise UnreadableTable(
            [(1, _("The first line must name the columns: %(names)s.") % {"names": ", ".join(COLUMNS)})]
        )
    if len(rows) > MOST_LINES:
        raise UnreadableTable([(1, _("At most %(most)s lines.") % {"most": MOST_LINES})])
    sheet, known, faults = Sheet(), Names(), []
    for number, row in enumerate(rows, start=2):
        try:
            read_row(
                sheet, number, {key: unguarded(cell) for key, cell in row.items() if key != "more"}, known, by
            )
        except ValueError as refusal:
            faults.append((number, str(refusal)))
    if faults:
        raise UnreadableTable(faults)
    return sheet


def read_row(sheet: Sheet, number: int, row: dict[str, str], known: "Names", by: User) -> None:
    """Put one line into the sheet. Raises ValueError with the reason in words."""
    owner, department = known.reach_of(row.get("for", "").strip(), by)
    name, language = row["name"].strip().lstrip("/").lower(), row.get("language", "").strip() or "en"
    key = (name, owner and owner.pk, department and department.pk)
    shortcut = sheet.shortcuts.get(key)
    if shortcut is None:
        shortcut = known.shortcuts.get(key) or Shortcut(name=name, owner=owner, department=department)
        shortcut.language, shortcut.text, shortcut.translations = language, "", {}
        shortcut.keywords, shortcut.actions = row.get("keywords", ""), known.read_steps(row.get("steps", ""))
        sheet.shortcuts[key], sheet.line_of[key] = shortcut, number
    elif shortcut.translations.get(language) or (shortcut.language == language and shortcut.text):
        raise ValueError(_("This name and language stand in an earlier line already."))
    if shortcut.language == language:
        shortcut.text = row["text"]
    else:
        shortcut.translations[language] = row["text"]


class Names:
    """Departments by name and people by address, both ways, since numbers mean nothing elsewhere; and what there is."""

    def __init__(self) -> None:
        self.departments = {one.name: one for one in Department.objects.all()}
        self.people = {
            one.email.lower(): one for one in User.objects.only("email", "name", "role", "is_active")
        }
        self.name_of = {str(one.pk): name for name, one in self.departments.items()}
        self.address_of = {str(one.pk): address for address, one in self.people.items()}

    @cached_property
    def shortcuts(self) -> dict[tuple, Shortcut]:
        return {(one.name, one.owner_id, one.department_id): one for one in Shortcut.objects.standing()}

    def reach_of(self, words: str, by: User) -> tuple[User | None, Any]:
        if words.lower() == ME or (not words and not by.is_admin):
            return by, None
        if words.lower() in ("", EVERYBODY):
            return None, None
        if words in self.departments:
            return None, self.departments[words]
        if words.lower() in self.people:
            return self.people[words.lower()], None
        raise ValueError(_("“%(words)s” is no department and nobody of the team.") % {"words": words})

    def named(self, actions: list[dict[str, str]]) -> list[dict[str, str]]:
        tables = {"transfer": self.name_of, "assign": self.address_of}
        return [one | {"value": tables.get(one["do"], {}).get(one["value"], one["value"])} for one in actions]

    def read_steps(self, cell: str) -> list[dict[str, str]]:
        """Raises ValueError for what is no list of steps."""
        try:
            steps = json.loads(cell) if cell.strip() else []
        except ValueError:
            raise ValueError(_("The steps can't be read.")) from None
        if not isinstance(steps, list) or not all(
            isinstance(one, dict) and isinstance(one.get("do"), str) and isinstance(one.get("value"), str)
            for one in steps
        ):
            raise ValueError(_("The steps can't be read."))
        return [{"do": one["do"], "value": self.number_of(one["do"], one["value"])} for one in steps]

    def number_of(self, do: str, value: str) -> str:
        if do == "transfer" and value in self.departments:
            return str(self.departments[value].pk)
        if do == "assign" and value not in (ME, NOBODY) and value.lower() in self.people:
            return str(self.people[value.lower()].pk)
        return value
