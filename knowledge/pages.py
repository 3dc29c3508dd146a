"""The public pages: front door, home, category, article, search results."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from helpdesk.people.visitors import remember_visitor, visitor_of
from knowledge.contact import ways_to_write
from knowledge.languages import first_language, in_page_language, languages, nearest_language
from knowledge.links import with_direct_links
from knowledge.models import Article, ArticleTranslation, ArticleVote, article_url
from knowledge.reading import has_visited, is_reader, record_search, record_view
from knowledge.search import search_articles
from knowledge.shelves import most_read, neighbours, shelves_in

LONG_TEXT = 3  # from so many headings on an article has a table of contents


@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    """`/` leads to the home page in the reader's language (cookie, then browser)."""
    response = redirect("knowledge:home", nearest_language(request.LANGUAGE_CODE) or first_language())
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
@in_page_language
def home(request: HttpRequest, language: str) -> HttpResponse:
    return show(
        request, language, "home", shelves=shelves_in(language), most_read=most_read(language, limit=6)
    )


@require_safe
@in_page_language
def category(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    shelf = next((shelf for shelf in shelves_in(language) if shelf.slug == slug), None)
    if shelf is None:
        raise Http404
    return show(request, language, "category", shelf=shelf, path_of=lambda code: shelf.category.url_in(code))


@require_safe
@in_page_language
def article(request: HttpRequest, language: str, article_id: int, slug: str = "") -> HttpResponse:
    """One article, in `language` or with a visible note in the workspace's own; a reading is recorded."""
    text = readable_text(article_id, language)
    if slug != text.slug:
        return redirect(article_url(language, article_id, text.slug), permanent=True)
    reads = is_reader(request)
    if reads:
        record_view(article_id, language=text.language, visitor=visitor_of(request))
    slugs = dict(
        ArticleTranslation.objects.published().filter(article=article_id).values_list("language", "slug")
    )
    response = show(
        request,
        language,
        "article",
        text=text,
        html=with_direct_links(text.html, language),
        is_fallback=text.language != language,
        category=text.article.section.category,
        contents=text.headings if len(text.headings) >= LONG_TEXT else [],
        related=neighbours(text, language, limit=3),
        vote=vote_of(request, article_id),
        translations={code: article_url(code, article_id, slug) for code, slug in slugs.items()},
        path_of=lambda code: article_url(code, article_id, slugs.get(code, text.slug)),
    )
    if reads:
        remember_visitor(response, visitor_of(request))
    return response


@require_safe
def article_by_name(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """Where links of the form `article:name` lead."""
    found = get_object_or_404(Article, slug=name)
    return redirect(article_url(language, found.pk, readable_text(found.pk, language).slug))


@require_safe
@in_page_language
def search(request: HttpRequest, language: str) -> HttpResponse:
    query = " ".join(request.GET.get("q", "").split())[:300]
    hits = search_articles(query, language=language, limit=20)
    response = show(
        request,
        language,
        "search",
        query=query,
        hits=hits,
        most_read=[] if hits else most_read(language, limit=6),
        path_of=lambda code: f"{reverse('knowledge:search', args=[code])}?{urlencode({'q': query})}",
    )
    if query and is_reader(request):
        record_search(query, language=language, results=len(hits), visitor=visitor_of(request))
        remember_visitor(response, visitor_of(request))
    return response


def show(
    request: HttpRequest, language: str, page: str, path_of: object = None, **facts: object
) -> HttpResponse:
    """Render a public page with what all of them need: the language switch and the ways to write to the team."""
    path_of = path_of or (lambda code: f"/{code}/")
    switch = [{"code": code, "name": name, "url": path_of(code)} for code, name in languages().items()]
    facts |= {"language": language, "switch": switch, "contact": ways_to_write()}
    return render(request, f"knowledge/{page}.html", facts)


def readable_text(article_id: int, language: str) -> ArticleTranslation:
    texts = ArticleTranslation.objects.readable(language).select_related("article__section__category")
    text = texts.filter(article=article_id).first()
    if text is None:
        raise Http404
    return text


def vote_of(request: HttpRequest, article_id: int) -> ArticleVote | None:
    """What this reader said before; nobody who comes for the first time costs a query."""
    if not has_visited(request):
        return None
    return ArticleVote.objects.filter(article=article_id, visitor=visitor_of(request)).first()
