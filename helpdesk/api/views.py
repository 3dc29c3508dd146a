"""The doors: each finds through what the token may see, checks the shape, and calls one verb."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api import shapes, writing
from helpdesk.api.asked import checked
from helpdesk.api.attributes import ValueDoors
from helpdesk.api.calls import CallDoors
from helpdesk.api.filters import ContactFilter, EventFilter, TicketFilter
from helpdesk.api.handing_over import HandingOverDoors
from helpdesk.api.joining import JoiningDoors
from helpdesk.api.one_person import OnePersonDoors
from helpdesk.api.pagination import BySequence
from helpdesk.api.visible import events_visible_to
from helpdesk.events.actor import Actor
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.one_person import contacts_visible_to

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A text of your own. The same request sent again under it changes nothing and is answered with 200.",
)
SHOWN_WITH_TICKET = ("department", "assignee", "contact")


@extend_schema_view(
    list=extend_schema(summary="Tickets, newest first"), retrieve=extend_schema(summary="One ticket")
)
class TicketViewSet(
    CallDoors,
    HandingOverDoors,
    JoiningDoors,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    queryset = Ticket.objects.all()
    serializer_class = shapes.TicketShape
    filterset_class = TicketFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Ticket]:
        return Ticket.objects.visible_to(self.request.user).select_related(*SHOWN_WITH_TICKET)

    def show(self, ticket: Ticket, **options: Any) -> Response:
        fresh = Ticket.objects.select_related(*SHOWN_WITH_TICKET).get(pk=ticket.pk)
        return Response(shapes.TicketShape(fresh).data, **options)

    @extend_schema(
        request=shapes.TicketInput,
        responses={201: shapes.TicketShape, 200: shapes.TicketShape},
        parameters=[IDEMPOTENCY_KEY],
        summary="Write for a customer: a new ticket",
    )
    def create(self, request: Request) -> Response:
        asked = checked(shapes.TicketInput, request)
        receipt = writing.create_ticket(asked, key=writing.key_of(request), by=Actor.agent(request.user))
        is_new = receipt.outcome != "duplicate"
        return self.show(receipt.ticket, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(
        request=shapes.TicketChanges(partial=True), responses=shapes.TicketShape, summary="Change a ticket"
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        ticket = self.get_object()
        wanted = checked(shapes.TicketChanges, request)
        return self.show(writing.change_ticket(ticket, wanted, by=Actor.agent(request.user)))

    @extend_schema(
        methods=["GET"],
        responses=shapes.MessageShape(many=True),
        filters=False,
        summary="Messages and notes of a ticket, newest first",
    )
    @extend_schema(
        methods=["POST"],
        request=shapes.MessageInput,
        responses={201: shapes.MessageShape, 200: shapes.MessageShape},
        parameters=[IDEMPOTENCY_KEY],
        summary="Answer, write a note, or write for the customer",
    )
    @action(detail=True, methods=["get", "post"], filterset_class=None)
    def messages(self, request: Request, pk: str) -> Response:
        ticket = self.get_object()
        if request.method == "POST":
            return self.add_message(request, ticket)
        page = self.paginate_queryset(ticket.messages.prefetch_related("attachments"))
        return self.get_paginated_response(shapes.MessageShape(page, many=True).data)

    def add_message(self, request: Request, ticket: Ticket) -> Response:
        asked = checked(shapes.MessageInput, request)
        message, is_new = writing.write_message(
            ticket, asked, key=writing.key_of(request), by=Actor.agent(request.user)
        )
        fresh = Message.objects.prefetch_related("attachments").get(pk=message.pk)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(shapes.MessageShape(fresh).data, status=code)


@extend_schema_view(
    list=extend_schema(summary="Contacts, newest first"), retrieve=extend_schema(summary="One contact")
)
class ContactViewSet(
    ValueDoors, OnePersonDoors, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    queryset = Contact.objects.all()
    serializer_class = shapes.ContactShape
    filterset_class = ContactFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Contact]:
        visible = contacts_visible_to(self.request.user)
        return visible.select_related("company").prefetch_related("identities")

    @extend_schema(request=shapes.ContactInput, responses={201: shapes.ContactShape}, summary="Add a contact")
    def create(self, request: Request) -> Response:
        asked, by = checked(shapes.ContactInput, request), Actor.agent(request.user)
        contact = writing.create_contact(asked, by=by)
        return Response(shapes.ContactShape(contact).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=shapes.ContactInput(partial=True), responses=shapes.ContactShape, summary="Change a contact"
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        contact = self.get_object()
        asked = checked(shapes.ContactInput, request, partial=True)
        changed = writing.change_contact(contact, asked, by=Actor.agent(request.user))
        return Response(shapes.ContactShape(self.get_queryset().get(pk=changed.pk)).data)


@extend_schema_view(
    list=extend_schema(summary="Departments, in the team's order"),
    retrieve=extend_schema(summary="One department"),
)
class DepartmentViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = shapes.Department.objects.all()
    serializer_class = shapes.DepartmentShape
    pagination_class = None  # a team has a handful
    lookup_value_regex = r"\d+"


@extend_schema_view(list=extend_schema(summary="Inboxes: where customers write"))
class InboxViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Inbox.objects.order_by("pk")
    serializer_class = shapes.InboxShape
    pagination_class = None


@extend_schema_view(list=extend_schema(summary="The ledger: everything that happened, newest first"))
class EventViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Event.objects.all()
    serializer_class = shapes.EventShape
    pagination_class = BySequence
    filterset_class = EventFilter

    def get_queryset(self) -> QuerySet[Event]:
        return events_visible_to(self.request.user)


@extend_schema(responses=shapes.MeShape, summary="Who this token acts for")
@api_view(["GET"])
def me(request: Request) -> Response:
    return Response(shapes.MeShape(request.user, context={"request": request}).data)


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(request: Request) -> Response:
    """Any address under /api/v1/ that is none: a problem like every other."""
    raise NotFound
