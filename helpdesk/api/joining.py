"""Doors on a ticket's people, and on making one ticket of two and two of one."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api import shapes
from helpdesk.api.asked import checked
from helpdesk.events.actor import Actor
from helpdesk.tickets.merging import merge_tickets, standing_id, unmerge_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.participants import add_participant, people_on, remove_participant
from helpdesk.tickets.splitting import split_ticket

BIGGEST_ID = 2**63 - 1


class JoiningDoors:
    """For a view set of tickets, which gives get_queryset(), get_object() and show()."""

    @extend_schema(
        methods=["POST"],
        request=shapes.MergeInput,
        responses=shapes.TicketShape,
        summary="Put this ticket into another",
        description="Answers with the ticket that stays. 409 where either of them is merged already, or others would see what only a restricted department saw.",
    )
    @extend_schema(
        methods=["DELETE"], responses=shapes.TicketShape, summary="Take this ticket out of the other again"
    )
    @action(detail=True, methods=["post", "delete"], filterset_class=None)
    def merger(self: Any, request: Request, pk: str) -> Response:
        ticket, by = self.get_object(), Actor.agent(request.user)
        if request.method == "DELETE":
            self.visible(standing_id(ticket))
            return self.show(unmerge_ticket(ticket, by=by))
        asked = checked(shapes.MergeInput, request)
        merge = merge_tickets(
            self.visible(asked["into"]), ticket, shows_restricted=asked["shows_restricted"], by=by
        )
        return self.show(merge.kept)

    @extend_schema(
        request=shapes.SplitInput,
        responses={201: shapes.TicketShape},
        summary="Make a new ticket of a message, and of those after it where wanted",
        description="Answers with the new ticket. Merging it back takes the split back.",
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def splits(self: Any, request: Request, pk: str) -> Response:
        asked = checked(shapes.SplitInput, request)
        message = self.get_object().messages.filter(pk=asked["message"]).first()
        if message is None:
            raise NotFound
        fresh = split_ticket(message, with_later=asked["with_later"], by=Actor.agent(request.user))
        return self.show(fresh, status=status.HTTP_201_CREATED)

    @extend_schema(
        methods=["GET"],
        responses=shapes.ParticipantShape(many=True),
        filters=False,
        summary="Who is on the ticket besides the requester",
    )
    @extend_schema(
        methods=["POST"],
        request=shapes.ParticipantInput,
        responses={201: shapes.ParticipantShape(many=True)},
        summary="Put somebody on the ticket",
    )
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def participants(self: Any, request: Request, pk: str) -> Response:
        ticket, code = self.get_object(), status.HTTP_200_OK
        if request.method == "POST":
            add_participant(ticket, **checked(shapes.ParticipantInput, request), by=Actor.agent(request.user))
            code = status.HTTP_201_CREATED
        return Response(shapes.ParticipantShape(people_on(ticket), many=True).data, status=code)

    @extend_schema(
        parameters=[OpenApiParameter("contact", int, OpenApiParameter.PATH)],
        responses={204: None},
        summary="Take somebody off the ticket",
    )
    @action(
        detail=True,
        methods=["delete"],
        url_path=r"participants/(?P<contact>\d{1,18})",
        filterset_class=None,
    )
    def participant(self: Any, request: Request, pk: str, contact: str) -> Response:
        remove_participant(self.get_object(), contact_id=int(contact), by=Actor.agent(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def visible(self: Any, pk: int) -> Ticket:
        """Another ticket that this token may see: without it nothing is merged and nothing taken apart."""
        ticket = self.get_queryset().filter(pk=pk).first()
        if ticket is None:
            raise NotFound
        return ticket
