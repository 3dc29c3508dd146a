"""Doors on making one person of two contacts, and two of one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api import shapes
from helpdesk.api.asked import checked
from helpdesk.people.models import ContactMerge
from helpdesk.tickets.one_person import make_one_person, make_two_people


class OnePersonDoors:
    """For a view set of contacts, which gives get_queryset() and get_object()."""

    @extend_schema(
        methods=["POST"],
        request=shapes.OnePersonInput,
        responses=shapes.ContactShape,
        summary="Make this contact and another one person",
        description="Answers with the contact that stays. 409 where either has tickets that this token may not see.",
    )
    @extend_schema(
        methods=["DELETE"],
        responses=shapes.PartedShape,
        summary="Make two people of them again",
        description="Of the contact that went into the other. `left` says what could not be given back. 409 where they are not one.",
    )
    @action(detail=True, methods=["post", "delete"], filterset_class=None)
    def merger(self: Any, request: Request, pk: str) -> Response:
        if request.method == "DELETE":
            parted = make_two_people(self.merge_of(int(pk)), user=request.user)
            left = [str(one) for one in parted.left]
            return Response(shapes.PartedShape({"kept": parted.kept, "gone": parted.gone, "left": left}).data)
        asked = checked(shapes.OnePersonInput, request)
        gone, kept = self.get_object(), self.get_queryset().filter(pk=asked["into"]).first()
        if kept is None:
            raise NotFound
        make_one_person(kept, gone, take=asked["take"], user=request.user)
        return Response(shapes.ContactShape(self.get_queryset().get(pk=kept.pk)).data)

    def merge_of(self: Any, gone: int) -> ContactMerge:
        """The last merge in which this contact went into one that the token may see; one that was taken back is a 409."""
        people = self.get_queryset().values("pk")
        merges = ContactMerge.objects.filter(gone=gone, kept__in=people) | ContactMerge.objects.filter(
            gone=gone, gone__merged_into__in=people
        )
        merge = merges.order_by("-pk").first()
        if merge is None:
            raise NotFound
        return merge
