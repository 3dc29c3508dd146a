"""Shortcuts and macros: read, written and deleted by the same rules as under /settings/."""

from typing import Any

import django_filters as filters
from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.asked import checked
from helpdesk.api.filters import IdFilter
from helpdesk.api.pagination import BySequence
from helpdesk.api.shapes import IN_USE, DepartmentName, UserName
from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts import saving
from helpdesk.tickets.shortcuts.finding import matching
from helpdesk.tickets.shortcuts.steps import STEPS

TEXTS = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "example": {"en": "Hello", "it": "Ciao"},
}
FIELDS = {"text": "texts", "actions": "steps"}  # what the rules call them, and what they are called here


class StepShape(serializers.Serializer):
    do = serializers.ChoiceField(choices=[(key, str(key)) for key in STEPS])
    value = serializers.CharField(
        allow_blank=True, default="", help_text="An id, a key, tags with commas between, or the note's words."
    )


class ShortcutShape(serializers.ModelSerializer):
    owner = UserName(allow_null=True, help_text="Whose alone it is; null where others use it too.")
    department = DepartmentName(
        allow_null=True, help_text="Whose members use it; null with no owner: everybody."
    )
    texts = serializers.SerializerMethodField(help_text="By language; empty of a macro that only acts.")
    steps = StepShape(source="actions", many=True)
    used = serializers.IntegerField(help_text="How often, by anybody.")
    last_used_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Shortcut
        ref_name = "Shortcut"
        fields = (
            "id",
            "name",
            "keywords",
            "owner",
            "department",
            "language",
            "texts",
            "steps",
            "used",
            "last_used_at",
        )

    @extend_schema_field(TEXTS)
    def get_texts(self, shortcut: Shortcut) -> dict[str, str]:
        return shortcut.texts


class ShortcutInput(serializers.Serializer):
    """What is left out of a change stays as it is."""

    name = serializers.CharField(max_length=41)
    keywords = serializers.CharField(max_length=saving.LONGEST_KEYWORDS, allow_blank=True, required=False)
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES,
        required=False,
        help_text="Taken where neither the customer's nor English is there.",
    )
    texts = serializers.DictField(
        child=serializers.CharField(max_length=saving.LONGEST_TEXT, allow_blank=True, trim_whitespace=False),
        required=False,
        help_text="The whole of it, by language.",
    )
    steps = StepShape(many=True, required=False, max_length=saving.MOST_STEPS)
    is_mine = serializers.BooleanField(
        required=False, help_text="Yours alone. Only admins write what others use too; an agent's always is."
    )
    department = serializers.PrimaryKeyRelatedField(
        queryset=IN_USE, required=False, allow_null=True, help_text="Only for its members."
    )


class ShortcutFilter(filters.FilterSet):
    q = filters.CharFilter(method="with_words", help_text="words of name, keywords or text")
    name = filters.CharFilter()
    department = IdFilter(field_name="department_id")
    is_mine = filters.BooleanFilter(method="of_user")

    class Meta:
        model = Shortcut
        fields = ()

    def with_words(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        return matching(rows, words)

    def of_user(self, rows: QuerySet, name: str, is_mine: bool) -> QuerySet:
        return rows.filter(owner=self.request.user) if is_mine else rows.exclude(owner=self.request.user)


@extend_schema_view(
    list=extend_schema(summary="Shortcuts and macros this token may use, newest first"),
    retrieve=extend_schema(summary="One shortcut"),
)
class ShortcutViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Shortcut.objects.all()
    serializer_class = ShortcutShape
    pagination_class = BySequence
    filterset_class = ShortcutFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Shortcut]:
        rows = Shortcut.objects.visible_to(self.request.user).standing()
        return rows.with_usage().select_related("owner", "department")

    @extend_schema(request=ShortcutInput, responses={201: ShortcutShape}, summary="Write a shortcut or macro")
    def create(self, request: Request) -> Response:
        user, asked = request.user, checked(ShortcutInput, request)
        fresh = Shortcut(owner=None if user.is_admin else user)
        return self.keep(fresh, asked, user, code=status.HTTP_201_CREATED)

    @extend_schema(
        request=ShortcutInput(partial=True), responses=ShortcutShape, summary="Change a shortcut or macro"
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        shortcut = self.get_object()
        return self.keep(shortcut, checked(ShortcutInput, request, partial=True), request.user)

    @extend_schema(
        responses={204: None}, summary="Delete it; it can be brought back under /settings/shortcuts/"
    )
    def destroy(self, request: Request, pk: str) -> Response:
        saving.delete_shortcut(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def keep(self, shortcut: Shortcut, asked: dict[str, Any], user: User, *, code: int = 200) -> Response:
        put_in(shortcut, asked, user)
        try:
            saving.save_shortcut(shortcut, by=user)
        except saving.InvalidShortcut as refusal:
            raise serializers.ValidationError(faults_here(refusal.faults)) from refusal
        return Response(ShortcutShape(self.get_queryset().get(pk=shortcut.pk)).data, status=code)


def put_in(shortcut: Shortcut, asked: dict[str, Any], user: User) -> None:
    """What was asked for, unsaved and unchecked."""
    shortcut.name, shortcut.keywords = (
        asked.get(name, getattr(shortcut, name)) for name in ("name", "keywords")
    )
    texts = asked.get("texts", shortcut.texts)
    shortcut.language = asked.get("language") or (
        shortcut.language if shortcut.pk else next(iter(texts), "en")
    )
    shortcut.text = texts.get(shortcut.language, "")
    shortcut.translations = {code: text for code, text in texts.items() if code != shortcut.language}
    if "steps" in asked:
        shortcut.actions = [dict(step) for step in asked["steps"]]
    if "is_mine" in asked:
        shortcut.owner = user if asked["is_mine"] else None
    if "department" in asked:
        shortcut.department = asked["department"]


def faults_here(faults: dict[str, str]) -> dict[str, list[str]]:
    """By the names that the request uses."""
    renamed = {}
    for place, reason in faults.items():
        first, dot, rest = place.partition(".")
        renamed[f"{FIELDS.get(first, first)}{dot}{rest}"] = [reason]
    return renamed
