"""Doors on phone calls: on a ticket, and as a new one."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action, api_view
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api import shapes, writing
from helpdesk.api.asked import checked
from helpdesk.events.actor import Actor
from helpdesk.people.sight import departments_of
from helpdesk.tickets.calls import Call, begin_call_ticket, caller, log_call
from helpdesk.tickets.models import Message, Ticket

MINUTE = timedelta(minutes=1)


class CallDoors:
    """For a view set of tickets, which gives get_object()."""

    @extend_schema(
        request=shapes.CallInput,
        responses={201: shapes.MessageShape},
        summary="Write a phone call down on the ticket",
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def calls(self: Any, request: Request, pk: str) -> Response:
        asked = checked(shapes.CallInput, request)
        message = log_call(
            self.get_object(),
            call_of(asked),
            by=Actor.agent(request.user),
            client_uuid=writing.key_of(request),
        )
        fresh = Message.objects.prefetch_related("attachments").get(pk=message.pk)
        return Response(shapes.MessageShape(fresh).data, status=status.HTTP_201_CREATED)


@extend_schema(
    request=shapes.NewCallInput,
    responses={201: shapes.TicketShape},
    summary="Write a phone call down as a new ticket",
    description="The customer is whoever has the number; somebody new where nobody has it.",
)
@api_view(["POST"])
def new_call(request: Request) -> Response:
    asked = checked(shapes.NewCallInput, request)
    seen = {one.pk: one for one in departments_of(request.user)}
    with transaction.atomic():
        ticket = begin_call_ticket(
            caller(asked["number"], name=asked["name"], user=request.user),
            call_of(asked),
            subject=asked["subject"],
            department=seen.get(asked["department"]),
            by=Actor.agent(request.user),
            client_uuid=writing.key_of(request),
        )
    fresh = Ticket.objects.select_related("department", "assignee", "contact").get(pk=ticket.pk)
    return Response(shapes.TicketShape(fresh).data, status=status.HTTP_201_CREATED)


def call_of(asked: dict[str, Any]) -> Call:
    return Call(
        **{
            name: asked[name]
            for name in ("direction", "number", "started_at", "seconds", "text", "recording")
        }
    )
