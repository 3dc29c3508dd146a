"""For search engines: which pages there are, and which are not for them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from knowledge.languages import languages
from knowledge.models import ArticleTranslation, Category, article_url

MOST_URLS = 10_000  # a sitemap file may hold 50,000; ours lists each with its other languages

ROBOTS = """User-agent: *
Disallow: /desk/
Disallow: /settings/
Disallow: /funnel/
Disallow: /api/
Disallow: /help/
Disallow: /widget/
Disallow: /rate/
Disallow: /files/
{searches}
Sitemap: {base}/sitemap.xml
"""


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    searches = "\n".join(f"Disallow: /{code}/search/" for code in languages())
    return HttpResponse(ROBOTS.format(searches=searches, base=settings.PUBLIC_URL), content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=600)
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """Home, categories and every published article, each with its versions in the other languages."""
    pages = [every_language(lambda code: f"/{code}/")]
    pages += [every_language(category.url_in) for category in Category.objects.all()]
    articles: dict[int, dict] = {}
    texts = ArticleTranslation.objects.published().order_by("-article_id")
    for article_id, code, slug, updated_at in texts.values_list(
        "article_id", "language", "slug", "updated_at"
    )[:MOST_URLS]:
        articles.setdefault(article_id, {})[code] = (article_url(code, article_id, slug), updated_at)
    pages += articles.values()
    return render(
        request,
        "knowledge/sitemap.xml",
        {"pages": pages, "base": settings.PUBLIC_URL, "default": settings.LANGUAGE_CODE},
        content_type="application/xml",
    )


def every_language(url_in: object) -> dict[str, tuple[str, None]]:
    return {code: (url_in(code), None) for code in languages()}
