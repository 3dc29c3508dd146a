"""Articles in the REST API: one more door on the same verbs. A token acts for a member of the team."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.errors import Invalid
from helpdesk.events.actor import Actor
from knowledge.actions import create_article, move_article, save_translation
from knowledge.answers import hit_as_json
from knowledge.languages import first_language, languages
from knowledge.models import Article, ArticleTranslation, Section, Status
from knowledge.search import search_articles

MOST_HITS = 50


class TranslationSerializer(serializers.ModelSerializer):
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = ArticleTranslation
        fields = ("language", "title", "summary", "status", "version", "published_at", "updated_at", "url")


class FullTranslationSerializer(TranslationSerializer):
    """With the Markdown that was written and the safe HTML made of it."""

    class Meta(TranslationSerializer.Meta):
        fields = (*TranslationSerializer.Meta.fields, "body", "html")
        read_only_fields = ("html",)


class ArticleSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="slug")
    category = serializers.CharField(source="section.category.slug")
    translations = TranslationSerializer(many=True)

    class Meta:
        model = Article
        fields = ("id", "name", "section", "category", "created_at", "translations")


class FullArticleSerializer(ArticleSerializer):
    translations = FullTranslationSerializer(many=True)


class WritingSerializer(serializers.Serializer):
    """One language of an article. What is left out of a PATCH stays as it is."""

    section = serializers.PrimaryKeyRelatedField(queryset=Section.objects.all(), required=False)
    language = serializers.ChoiceField(choices=list(languages()), default=first_language)
    title = serializers.CharField(max_length=160, required=False)
    summary = serializers.CharField(max_length=300, required=False, allow_blank=True)
    body = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, help_text="Markdown"
    )
    publish = serializers.BooleanField(required=False, allow_null=True, default=None)
    version = serializers.IntegerField(
        required=False, help_text="The version you read. 409 where somebody has saved since."
    )


class HitSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    url = serializers.CharField()
    summary = serializers.CharField()
    snippet = serializers.CharField()
    language = serializers.CharField()


class HitsSerializer(serializers.Serializer):
    results = HitSerializer(many=True)


LANGUAGE = OpenApiParameter("language", str, description="en, it, ro or zh-hans")


@extend_schema_view(
    list=extend_schema(
        parameters=[LANGUAGE, OpenApiParameter("status", str, enum=[*Status.values])],
        summary="Articles, newest first; with language and status only those that have such a text",
    ),
    retrieve=extend_schema(summary="One article with every text"),
)
class ArticleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Article.objects.select_related("section__category").prefetch_related("translations")
    filter_backends = ()

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return ArticleSerializer if self.action == "list" else FullArticleSerializer

    def get_queryset(self) -> QuerySet[Article]:
        asked = {
            f"translations__{field}": self.request.query_params[field]
            for field in ("language", "status")
            if field in self.request.query_params
        }
        refuse_unknown(asked)
        return super().get_queryset().filter(**asked).distinct() if asked else super().get_queryset()

    @extend_schema(
        request=WritingSerializer, responses={201: FullArticleSerializer}, summary="Write an article"
    )
    def create(self, request: Request) -> Response:
        facts = checked(request)
        if missing := [field for field in ("section", "title") if field not in facts]:
            raise serializers.ValidationError({field: ["This field is required."] for field in missing})
        article = create_article(facts["section"], title=facts["title"], by=Actor.agent(request.user))
        write(article, facts, request)
        return Response(shown(article), status=status.HTTP_201_CREATED)

    @extend_schema(
        request=WritingSerializer(partial=True),
        responses=FullArticleSerializer,
        summary="Change one language of an article, or move it",
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        article = get_object_or_404(Article, pk=pk)
        facts = checked(request)
        if {"title", "summary", "body"} & facts.keys() or facts["publish"] is not None:
            write(article, facts, request)
        if "section" in facts:
            move_article(article, section=facts["section"])
        return Response(shown(article))

    @extend_schema(
        parameters=[OpenApiParameter("q", str, required=True), LANGUAGE, OpenApiParameter("limit", int)],
        responses=HitsSerializer,
        summary="Published articles that answer a question, best first",
    )
    @action(detail=False, pagination_class=None)
    def search(self, request: Request) -> Response:
        language = request.query_params.get("language", first_language())
        refuse_unknown({"translations__language": language})
        limit = request.query_params.get("limit", "10")
        if not limit.isdecimal() or not 1 <= int(limit[:4]) <= MOST_HITS:
            raise Invalid(f"limit is a whole number from 1 to {MOST_HITS}.", field="limit")
        hits = search_articles(request.query_params.get("q", ""), language=language, limit=int(limit))
        return Response({"results": [hit_as_json(hit) for hit in hits]})


def refuse_unknown(asked: dict[str, str]) -> None:
    if asked.get("translations__language", first_language()) not in languages():
        raise Invalid("This help center has no such language.", field="language")
    if asked.get("translations__status", Status.DRAFT) not in Status.values:
        raise Invalid("status is draft or published.", field="status")


def checked(request: Request) -> dict[str, Any]:
    form = WritingSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    return form.validated_data


def write(article: Article, facts: dict[str, Any], request: Request) -> None:
    """Save what was sent, over what is there."""
    before = article.translations.filter(language=facts["language"]).first()
    kept = {field: getattr(before, field, "") for field in ("title", "summary", "body")}
    save_translation(
        article,
        language=facts["language"],
        **(kept | {field: facts[field] for field in kept if field in facts}),
        publish=facts["publish"],
        seen_version=facts.get("version"),
        by=Actor.agent(request.user),
    )


def shown(article: Article) -> dict[str, Any]:
    fresh = (
        Article.objects.select_related("section__category")
        .prefetch_related("translations")
        .get(pk=article.pk)
    )
    return FullArticleSerializer(fresh).data
