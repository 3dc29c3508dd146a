"""The columns of a model in a statement of our own, as the model has them today."""

from collections.abc import Collection
from typing import Any

from django.db import connection, models


def fields_of(model: type[models.Model], found: Collection[str] = ()) -> list[models.Field]:
    """What is written as the row has it: not the key, and not the columns `found` or reckoned by the database."""
    fields = model._meta.concrete_fields
    return [one for one in fields if not (one.primary_key or one.generated or one.column in found)]


def names_of(fields: list[models.Field], found: Collection[str] = ()) -> str:
    """The columns of the fields, then those that the statement finds."""
    return ", ".join(f'"{name}"' for name in [*(field.column for field in fields), *found])


def marks_for(fields: list[models.Field]) -> str:
    """Where their values go."""
    return ", ".join(["%s"] * len(fields))


def values_of(row: models.Model, fields: list[models.Field]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def as_stored(*rows: models.Model) -> None:
    """They are in the database now, as Django wants to know it."""
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
