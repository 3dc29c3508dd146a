"""Links from one article to another. Texts name the target; readers get the address it has now."""

import re

from django.urls import reverse

from knowledge.models import ArticleTranslation, article_url

BY_NAME = re.compile(r'href="/(?P<language>[a-z-]+)/articles/(?P<name>[a-z][\w-]*)/')


def with_direct_links(html: str, language: str) -> str:
    """`html` with every link by name led straight to the article's page in `language`; one query, if any.

    A name that leads nowhere keeps its link, which answers 404: a broken link must be seen to be mended.
    """
    wanted = {found["name"] for found in BY_NAME.finditer(html)}
    if not wanted:
        return html
    texts = (
        ArticleTranslation.objects.readable(language)
        .filter(article__slug__in=wanted)
        .order_by("-is_fallback")
    )
    pages = {
        name: article_url(language, pk, slug)
        for name, pk, slug in texts.values_list("article__slug", "article", "slug")
    }
    return BY_NAME.sub(lambda found: f'href="{pages.get(found["name"], page_by_name(found))}', html)


def page_by_name(found: re.Match) -> str:
    return reverse("knowledge:article_by_name", args=[found["language"], found["name"]])
