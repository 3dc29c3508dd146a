from itertools import groupby
from typing import Any

from django.db import migrations

# What a blank was called before, and what it is now. One without a value was left out with its comma: "|}}".
PLACEHOLDERS = {
    "{first_name}": "{{customer.first_name|}}",
    "{customer}": "{{customer.name|}}",
    "{agent}": "{{agent.name}}",
    "{ticket}": "#{{ticket.number}}",
}


def put_together(apps: Any, schema_editor: Any) -> None:
    """A row for each language becomes one row with translations; blanks get their new names."""
    shortcuts = apps.get_model("tickets", "Shortcut").objects.order_by("name", "department", "id")
    for _key, rows in groupby(shortcuts, key=lambda row: (row.name, row.department_id)):
        first, *others = sorted(rows, key=lambda row: row.language != "en")
        first.text = renamed(first.text, PLACEHOLDERS)
        first.translations = {row.language: renamed(row.text, PLACEHOLDERS) for row in others}
        first.save(update_fields=["text", "translations"])
        for row in others:
            row.delete()


def take_apart(apps: Any, schema_editor: Any) -> None:
    """A row for each language again. What there was no place for before (owners, macros without a text) goes."""
    shortcuts = apps.get_model("tickets", "Shortcut").objects
    shortcuts.exclude(owner=None).delete()
    shortcuts.exclude(deleted_at=None).delete()
    shortcuts.filter(text="").delete()
    before = {new: old for old, new in PLACEHOLDERS.items()}
    for row in list(shortcuts.all()):
        for language, text in row.translations.items():
            shortcuts.create(
                name=row.name,
                language=language,
                department=row.department,
                text=renamed(text, before),
            )
        row.text, row.translations = renamed(row.text, before), {}
        row.save(update_fields=["text", "translations"])


def renamed(text: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(old, new)
    return text


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_macros")]

    operations = [migrations.RunPython(put_together, take_apart)]
