"""Pages by cursor: each answer names the address of the next page, so a list can be read while it grows."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from helpdesk.asked import read_number
from helpdesk.errors import Invalid
from helpdesk.events.models import Event
from helpdesk.events.settled import complete_up_to
from helpdesk.keyset import keyset_page

SIZE, LARGEST = 50, 100


class NewestFirst(BasePagination):
    """Newest first by the view's `newest_by` (a time field, "created_at" where it names none), then by id.

    `?cursor=` comes from the `next` of the page before; `?page_size=` is 1 to 100.
    """

    next_url: str | None = None

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: APIView | None = None
    ) -> list[Any]:
        page = keyset_page(
            queryset,
            by=getattr(view, "newest_by", "created_at"),
            cursor=request.query_params.get("cursor", ""),
            size=size_of(request),
        )
        if page.next_cursor:
            self.next_url = replace_query_param(request.build_absolute_uri(), "cursor", page.next_cursor)
        return page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_url, "results": data})

    def get_paginated_response_schema(self, schema: dict) -> dict:
        next_page = {
            "type": "string",
            "format": "uri",
            "nullable": True,
            "description": "null on the last page",
        }
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": next_page, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": "from `next` of the page before",
            },
            {
                "name": "page_size",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": SIZE},
            },
        ]


def size_of(request: Request) -> int:
    size = read_number(request.query_params.get("page_size", str(SIZE)))
    if size is None or not 1 <= size <= LARGEST:
        raise Invalid(f"page_size is a whole number from 1 to {LARGEST}.", field="page_size")
    return size


class BySequence(BasePagination):
    """By id, which rises by the order things were written.

    Newest first, and `next` leads to the past. With `?after=ID` oldest first from there on, and `next`
    leads on to what is newer: a program that keeps the last id misses nothing of the ledger, since what stands there above
    the number of a transaction that may still be running is kept back.
    """

    next_url: str | None = None

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: APIView | None = None
    ) -> list[Any]:
        after, before = id_in(request, "after"), id_in(request, "before")
        if after is not None:
            end = complete_up_to() if queryset.model is Event else None
            queryset = queryset.filter(pk__gt=after).order_by("pk")
            queryset = queryset if end is None else queryset.filter(pk__lte=end)
        else:
            queryset = (queryset if before is None else queryset.filter(pk__lt=before)).order_by("-pk")
        size = size_of(request)
        rows = list(queryset[: size + 1])
        if len(rows) > size:
            name = "before" if after is None else "after"
            self.next_url = replace_query_param(request.build_absolute_uri(), name, rows[size - 1].pk)
        return rows[:size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_url, "results": data})

    get_paginated_response_schema = NewestFirst.get_paginated_response_schema

    def get_schema_operation_parameters(self, view: APIView) -> list[dict]:
        _cursor, size = NewestFirst().get_schema_operation_parameters(view)
        number = {"type": "integer", "format": "int64"}
        after = {
            "name": "after",
            "in": "query",
            "schema": number,
            "description": "oldest first, from this id on",
        }
        before = {
            "name": "before",
            "in": "query",
            "schema": number,
            "description": "from `next` of the page before",
        }
        return [after, before, size]


def id_in(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    number = read_number(text)
    if number is None:
        raise Invalid(f"{name} is the id of a row.", field=name)
    return number
