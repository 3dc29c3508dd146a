"""Questions whose SQL is put together once: the same rows as objects of the models, asked with other values each time.

On the desk's hot pages Django took longer to build its SQL than the database to answer it, and the database longer to plan
than to answer. A query is built here with values that stand in for those to come, and kept; from then on only these are put into
their places, and each connection has the database keep the plan (`prepare_threshold` in the settings).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import BigIntegerField, BooleanField, F, Func, Model, QuerySet
from django.db.models import Value as Constant
from psycopg.adapt import Buffer, Loader
from psycopg.sql import Literal

STAND_IN = -(2**53)  # and below: no row has such a number ...
MOMENT_OF_STAND_IN = datetime(1, 2, 3, 4, 5, 6, 7, tzinfo=UTC)  # ... nor such a time
MOST_KEPT = 300
PLACEHOLDER = re.compile("%[%s]")

Build = Callable[..., QuerySet]
Value = int | datetime | list[int]


@dataclass(frozen=True)
class Kept:
    """A query with its SQL; `places`: which parameters are whose."""

    queryset: QuerySet
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: dict[str, list[int]]

    def rows(self, values: dict[str, Value]) -> list[Model]:
        params = list(self.params)
        for name, places in self.places.items():
            for place in places:
                value, stood = values[name], params[place]
                params[place] = type(stood)(value) if isinstance(stood, int) else value
        asked = self.queryset.all()
        asked.query = Ready(self.compiler, self.sql, tuple(params))
        return list(asked)


@dataclass(frozen=True)
class Ready:
    """Stands where a queryset looks for its query, and has the SQL already."""

    compiler: Any
    sql: str
    params: tuple[Any, ...]
    values_select = ()  # rows are objects: a queryset looks here before it takes a query

    def get_compiler(self, using: str) -> Any:
        compiler = copy(self.compiler)
        compiler.connection = connections[using]
        compiler.execute_sql = lambda **_: [fetch(connections[using], self.sql, self.params)]
        return compiler


def fetch(connection: Any, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple]:
    """All rows, by a cursor that lets the database keep its plan: otherwise planning is most of what such a question takes."""
    if connection.queries_logged:  # they would be told without their values
        return fetch_unprepared(connection, sql, params)
    try:
        with preparing_cursor(connection) as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()
    except NotSupportedError:  # a migration has changed a column since this connection's plan was kept
        if connection.in_atomic_block:
            raise
        return fetch_unprepared(connection, sql, params)


def fetch_unprepared(connection: Any, sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


class MomentLoader(Loader):
    """A moment as the server writes it, "2026-11-22 19:31:39.132379+00", read by Python's own C: a page has hundreds."""

    timezone = UTC  # Django looks whether it is the connection's

    def load(self, data: Buffer) -> datetime:
        return datetime.fromisoformat(str(data, "ascii")).astimezone(UTC)


def preparing_cursor(connection: Any) -> Any:
    connection.ensure_connection()
    raw = connection.connection
    if connection.timezone is UTC and not hasattr(raw, "reads_moments"):
        raw.adapters.register_loader("timestamptz", MomentLoader)
        raw.reads_moments = True
    usual, raw.cursor_factory = raw.cursor_factory, ServerBindingCursor
    try:
        return connection.cursor()
    finally:
        raw.cursor_factory = usual


class Prepared:
    """Queries of one kind. `build(*shape, **values)` makes one: the shape is whatever alters its SQL and is kept apart, the
    values are ids and times that are only compared. It must read nothing else: no clock, no user, no language."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.kept: dict[tuple, Kept] = {}

    def rows(self, *shape: Any, **values: Value) -> list[Any]:
        """The rows of the query of this shape for these values."""
        key = (shape, *values)
        kept = self.kept.get(key)
        if kept is None:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            try:
                kept = self.kept[key] = compile_query(self.build, shape, values)
            except EmptyResultSet:
                return []
        return kept.rows(values)

    def first(self, *shape: Any, **values: Value) -> Any:
        return next(iter(self.rows(*shape, **values)), None)


def compile_query(build: Build, shape: tuple, values: dict[str, Value]) -> Kept:
    """Raises EmptyResultSet where no row can fit, ValueError where a value comes into no place."""
    stand_ins = {name: stand_in(place, value) for place, (name, value) in enumerate(values.items())}
    queryset = build(*shape, **stand_ins)
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    moving = [any(stands_for(value, one) for one in stand_ins.values()) for value in params]
    sql, params = write_out(sql, params, [not moves for moves in moving], connections[queryset.db])
    places = {
        name: [place for place, value in enumerate(params) if stands_for(value, one)]
        for name, one in stand_ins.items()
    }
    if unused := [name for name, found in places.items() if not found]:
        raise ValueError(f"The query does not compare {', '.join(unused)}.")
    return Kept(queryset, compiler, sql, tuple(params), places)


def stands_for(value: Any, one: Value) -> bool:
    return isinstance(value, type(one)) and value == one


def write_out(
    sql: str, params: Sequence[Any], is_fixed: Sequence[bool], connection: Any
) -> tuple[str, tuple[Any, ...]]:
    """The statement with these of its values in its text, and the other values. A plan that is kept for whatever values come
    can use an index over open tickets only where the text says that it is about those, and stops early only where it says how many."""
    connection.ensure_connection()
    texts = iter(
        [
            literal(value, connection.connection) if fixed else "%s"
            for value, fixed in zip(params, is_fixed, strict=True)
        ]
    )
    text = PLACEHOLDER.sub(lambda found: next(texts) if found[0] == "%s" else found[0], sql)
    return text, tuple(value for value, fixed in zip(params, is_fixed, strict=True) if not fixed)


def literal(value: Any, raw: Any) -> str:
    value = value.value if isinstance(value, Enum) else value  # psycopg would write its name
    return Literal(value).as_string(raw).replace("%", "%%")


class OneOf(Func):
    """A condition: the field is one of these numbers, which are one value however many they are."""

    template, arg_joiner = "%(expressions)s)", " = ANY ("
    output_field = BooleanField()

    def __init__(self, field: str, numbers: list[int]) -> None:
        super().__init__(F(field), Constant(numbers, output_field=ArrayField(BigIntegerField())))


def stand_in(place: int, value: Value) -> Value:
    if isinstance(value, list):
        return [STAND_IN - place]
    return MOMENT_OF_STAND_IN + timedelta(days=place) if isinstance(value, datetime) else STAND_IN - place
