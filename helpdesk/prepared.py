"""Questions whose SQL is put together once: the same rows as objects of the models, asked with other values each time.

On the desk's hot pages Django took longer to build its SQL than the database to answer it, and the database longer to plan
than to answer. A query is built here with values that stand in for those to come, and kept; from then on only these are put into
their places, and each connection has the database keep the plan (`prepare_threshold` in the settings).
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model, QuerySet

STAND_IN = -(2**53)  # and below: no row has such a number ...
MOMENT_OF_STAND_IN = datetime(1, 2, 3, 4, 5, 6, 7, tzinfo=UTC)  # ... nor such a time
MOST_KEPT = 300

Build = Callable[..., QuerySet]
Value = int | datetime


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


def fetch(connection: Any, sql: str, params: tuple[Any, ...]) -> list[tuple]:
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


def fetch_unprepared(connection: Any, sql: str, params: tuple[Any, ...]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def preparing_cursor(connection: Any) -> Any:
    connection.ensure_connection()
    raw = connection.connection
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
    places = {
        name: [place for place, value in enumerate(params) if isinstance(value, type(one)) and value == one]
        for name, one in stand_ins.items()
    }
    if unused := [name for name, found in places.items() if not found]:
        raise ValueError(f"The query does not compare {', '.join(unused)}.")
    return Kept(queryset, compiler, sql, tuple(params), places)


def stand_in(place: int, value: Value) -> Value:
    return MOMENT_OF_STAND_IN + timedelta(days=place) if isinstance(value, datetime) else STAND_IN - place
