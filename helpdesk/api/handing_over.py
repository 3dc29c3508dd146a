"""The door by which a ticket goes to another hand."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api import shapes
from helpdesk.api.asked import checked
from helpdesk.events.actor import Actor
from helpdesk.tickets.handing_over import hand_over_ticket, take_back


class HandingOverDoors:
    """For a view set of tickets, which gives get_object() and show()."""

    @extend_schema(
        methods=["POST"],
        request=shapes.TransferInput,
        responses=shapes.TicketShape,
        summary="Hand this ticket over to a department, an agent, or both",
        description="In one step, with a note for the team. Whoever has it then gets a notice; the visitor of a chat "
        "reads who helps them, where its inbox says so. 400 where it stays with whom it is.",
    )
    @extend_schema(
        methods=["DELETE"],
        responses=shapes.TicketShape,
        summary="Take the last handing over back",
        description="400 where it has gone on since.",
    )
    @action(detail=True, methods=["post", "delete"], filterset_class=None)
    def transfer(self: Any, request: Request, pk: str) -> Response:
        ticket, by = self.get_object(), Actor.agent(request.user)
        if request.method == "DELETE":
            return self.show(take_back(ticket, by=by))
        asked = checked(shapes.TransferInput, request)
        to, department = asked["assignee"], asked["department"]
        return self.show(hand_over_ticket(ticket, department=department, to=to, note=asked["note"], by=by))
