"""Conditions become those of the table that all rules share: the same fields under its keys, the same comparisons as its
operators, in a group. They mean what they meant; only accents make no difference any more, as everywhere."""

from django.db import migrations, models

PAGE = {
    "contains": "contains", "contains_not": "contains_not", "starts": "starts_with", "is": "is", "like": "matches",
}  # fmt: skip
TEXT = {
    "contains": "contains", "contains_not": "contains_not", "starts": "starts_with", "is": "is",
    "is_not": "is_not", "is_empty": "is_empty",
}  # fmt: skip
NUMBER = {"at_least": "at_least", "is": "is", "at_most": "at_most"}
NAMED = {
    "is": "is",
    "is_not": "is_not",
    "contains": "contains",
    "is_set": "is_not_empty",
    "is_empty": "is_empty",
}
NAMED_NUMBER = {"at_least": "at_least", "at_most": "at_most"}
AT_LEAST = {"at_least": "at_least"}
# old field -> (new field, old operator -> new one)
FIELDS = {
    "page": ("visit_page", PAGE),
    "page_seconds": ("page_seconds", AT_LEAST),
    "site_seconds": ("site_seconds", AT_LEAST),
    "scroll": ("scroll", AT_LEAST),
    "visits": ("visits", NUMBER),
    "referrer": ("referrer", TEXT),
    "language": ("language", {"is": "is", "is_not": "is_not"}),
    "known": ("visitor", {"is": "is"}),
}
SHARED = "known."  # what the table said of customers already
BY_NAME = {"named:": NAMED, "named_number:": NAMED_NUMBER}


def line_of(old):
    field, op, value = old["field"], old["op"], old.get("value", "")
    if field.startswith(SHARED):
        return {"field": field.removeprefix(SHARED), "op": op, "value": value}
    if field == "attribute":
        base = "named_number:" if op in NAMED_NUMBER else "named:"
        return {"field": base + old.get("name", ""), "op": BY_NAME[base].get(op, op), "value": value}
    key, ops = FIELDS[field]
    return {"field": key, "op": ops.get(op, op), "value": value}


def old_of(line):
    """None for what could not be asked then."""
    field, op, value = line["field"], line["op"], line.get("value", "")
    base, colon, name = field.partition(":")
    key, ops = next(((key, ops) for key, (new, ops) in FIELDS.items() if new == field), ("", {}))
    if base + colon in BY_NAME:
        key, ops = "attribute", BY_NAME[base + colon]
    elif key:
        name = ""
    else:
        key, name, ops = SHARED + field, "", {op: op}
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    before = next((old for old, new in ops.items() if new == op), None)
    if before is None or value is None:
        return None
    return {"field": key, "op": before, "value": value, "name": name}


def to_the_table(apps, schema_editor):
    for message in apps.get_model("proactive", "ProactiveMessage").objects.all():
        if isinstance(message.conditions, list):
            lines = [line_of(old) for old in message.conditions]
            message.conditions = {"match": message.match, "lines": lines}
            message.save(update_fields=["conditions"])


def from_the_table(apps, schema_editor):
    """What can't be said so any more is left out, and its message switched off: it would come to others than it should."""
    for message in apps.get_model("proactive", "ProactiveMessage").objects.all():
        if isinstance(message.conditions, dict):
            group = message.conditions
            lines = [None if "lines" in line else old_of(line) for line in group.get("lines", [])]
            message.match = group.get("match", "all")
            message.conditions = [line for line in lines if line]
            message.is_active = message.is_active and None not in lines
            message.save(update_fields=["conditions", "match", "is_active"])


class Migration(migrations.Migration):
    dependencies = [("proactive", "0002_goals")]

    operations = [
        migrations.AlterField("proactivemessage", "conditions", models.JSONField(blank=True, default=dict)),
        migrations.RunPython(to_the_table, from_the_table),
    ]
