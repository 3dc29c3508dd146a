"""Attributes: how the team has defined them, and their values, one by one, each kept by its type or refused."""

import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.asked import checked
from helpdesk.api.shapes import Contact
from helpdesk.errors import NotAllowed, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.attributes.changing import change_value, mark_of
from helpdesk.people.attributes.definitions import (
    LONGEST_CHOICE,
    MOST_CHOICES,
    all_attributes,
    define_attribute,
    find_attribute,
    retire_attribute,
)
from helpdesk.people.attributes.dropping import drop_values
from helpdesk.people.attributes.facts import Fact, facts_of
from helpdesk.people.attributes.models import Attribute

ID = r"(?:person|company)\.[^/]+"


class AttributeShape(serializers.Serializer):
    """`id` is whose it is and its key: person.plan."""

    id = serializers.SerializerMethodField()
    of = serializers.ChoiceField(choices=Attribute.Of.choices)
    key = serializers.CharField(help_text="Its name among the attributes of a contact or a company.")
    name = serializers.CharField(source="label")
    type = serializers.ChoiceField(choices=Attribute.Kind.choices, source="kind")
    choices = serializers.ListField(child=serializers.CharField())
    is_folded = serializers.BooleanField()
    is_retired = serializers.SerializerMethodField()

    class Meta:
        ref_name = "Attribute"

    def get_id(self, row: Attribute) -> str:
        return f"{row.of}.{row.key}"

    def get_is_retired(self, row: Attribute) -> bool:
        return row.retired_at is not None


class AttributeChanges(serializers.Serializer):
    name = serializers.CharField(max_length=80, required=False)
    type = serializers.ChoiceField(choices=Attribute.Kind.choices, source="kind", required=False)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_CHOICE), max_length=MOST_CHOICES, required=False
    )
    is_folded = serializers.BooleanField(required=False)


class AttributeInput(AttributeChanges):
    of = serializers.ChoiceField(choices=Attribute.Of.choices, required=False, default=Attribute.Of.PERSON)
    key = serializers.CharField(max_length=40)


class ValueShape(serializers.Serializer):
    """What is known under one key."""

    id = serializers.SerializerMethodField()
    name = serializers.CharField(source="label")
    type = serializers.CharField(source="kind")
    value = serializers.JSONField(source="raw", allow_null=True)
    reason = serializers.CharField(
        source="problem", help_text="Why the value is none of its type; else empty."
    )
    is_verified = serializers.SerializerMethodField(
        help_text="No: a site said it of its visitor without a proof."
    )
    is_defined = serializers.BooleanField(source="can_edit")

    class Meta:
        ref_name = "Value"

    def get_id(self, fact: Fact) -> str:
        return f"{fact.of}.{fact.key}"

    def get_is_verified(self, fact: Fact) -> bool:
        return not fact.is_claimed


class ValueInput(serializers.Serializer):
    value = serializers.JSONField(allow_null=True, help_text="null takes it away.")
    was = serializers.JSONField(
        allow_null=True,
        required=False,
        help_text="What you saw there: 409 where something else stands by now.",
    )


class AttributeViewSet(viewsets.ViewSet):
    lookup_value_regex = ID

    @extend_schema(responses=AttributeShape(many=True), summary="What the team wants to know, in its order")
    def list(self, request: Request) -> Response:
        return Response(AttributeShape(all_attributes(), many=True).data)

    @extend_schema(responses=AttributeShape, summary="One attribute")
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(AttributeShape(find_attribute(*parts(pk))).data)

    @extend_schema(
        request=AttributeInput, responses={201: AttributeShape}, summary="Define an attribute (admins)"
    )
    def create(self, request: Request) -> Response:
        refuse_agents(request)
        asked = checked(AttributeInput, request)
        row = define(asked.pop("of"), asked.pop("key"), asked, is_new=True)
        return Response(AttributeShape(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=AttributeChanges,
        responses=AttributeShape,
        summary="Change what it is (admins)",
        description="What is left out stays. One that is retired is in use again. No value is changed: one that does not fit the new type says so.",
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        refuse_agents(request)
        row = find_attribute(*parts(pk))
        before = {
            "name": str(row.label),
            "kind": row.kind,
            "choices": row.choices,
            "is_folded": row.is_folded,
        }
        return Response(
            AttributeShape(define(row.of, row.key, before | checked(AttributeChanges, request))).data
        )

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "values", str, enum=["keep", "drop"], description="drop: everybody's are deleted, too."
            )
        ],
        responses={204: None},
        summary="Retire it (admins); its values stay as plain text",
    )
    def destroy(self, request: Request, pk: str) -> Response:
        refuse_agents(request)
        row = retire_attribute(*parts(pk))
        if request.query_params.get("values") == "drop":
            drop_values(row.of, row.key)
        return Response(status=status.HTTP_204_NO_CONTENT)


def define(of: str, key: str, asked: dict[str, Any], *, is_new: bool = False) -> Attribute:
    return define_attribute(
        of,
        key,
        name=asked.get("name") or key,
        kind=asked.get("kind", Attribute.Kind.TEXT),
        choices=asked.get("choices", ()),
        is_folded=asked.get("is_folded", False),
        is_new=is_new,
    )


def refuse_agents(request: Request) -> None:
    if not request.user.is_admin:
        raise NotAllowed


def parts(name: str) -> tuple[str, str]:
    """Whose it is, and its key. Raises NotThere for what has no such form."""
    of, dot, key = name.partition(".")
    if not dot or not re.fullmatch(ID, name):
        raise NotThere
    return of, key


class ValueDoors:
    """For a view set of contacts, which gives get_object()."""

    @extend_schema(
        responses=ValueShape(many=True),
        filters=False,
        summary="What is known of a contact and their company, by its type",
    )
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def attributes(self: Any, request: Request, pk: str) -> Response:
        return Response(ValueShape(known_of(self.get_object()), many=True).data)

    @extend_schema(
        methods=["PUT"],
        request=ValueInput,
        responses=ValueShape,
        summary="Write one value",
        description="422 for a value that is none of the type, by its field and with the reason; 409 where `was` is not what stands there; 404 for a key that is not defined. A company's is known of all its people.",
    )
    @extend_schema(methods=["DELETE"], responses={204: None}, summary="Take one value away")
    @action(
        detail=True,
        methods=["put", "delete"],
        url_path=f"attributes/(?P<attribute>{ID})",
        filterset_class=None,
    )
    def attribute(self: Any, request: Request, pk: str, attribute: str) -> Response:
        contact, (of, key) = self.get_object(), parts(attribute)
        find_attribute(of, key)  # not what everybody has: that is changed with the contact
        asked = {"value": None} if request.method == "DELETE" else checked(ValueInput, request)
        seen = mark_of(asked["was"]) if "was" in asked else None
        by = Actor.agent(request.user)
        changed = change_value(contact, of=of, key=key, value=asked["value"], seen=seen, by=by)
        if request.method == "DELETE":
            return Response(status=status.HTTP_204_NO_CONTENT)
        fresh = Contact.objects.select_related("company").get(pk=changed.contact.pk)
        return Response(ValueShape(facts_of(fresh).find(of, key)).data)


def known_of(contact: Contact) -> list[Fact]:
    facts = facts_of(contact)
    return [fact for fact in (*facts.person, *facts.company, *facts.others) if fact.words]
