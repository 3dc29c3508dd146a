"""What the widget, the pages' scripts and the desk ask the help center: JSON and one HTML fragment."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from helpdesk.people.visitors import read_visitor, remember_visitor, visitor_of
from helpdesk.tickets.models import Ticket
from knowledge.languages import first_language, language_asked, nearest_language
from knowledge.links import with_direct_links
from knowledge.models import Article, ArticleTranslation, article_url
from knowledge.reading import is_reader, record_search, record_view, vote
from knowledge.search import Hit, search_articles
from knowledge.shelves import Entry, most_read

WIDGET = "webchat"


@require_safe
def search(request: HttpRequest) -> JsonResponse:
    """`?q=&lang=`: at most 8 hits. `&record=1` when the reader has finished typing: then the search is kept."""
    language = language_asked(request)
    query = request.GET.get("q", "")
    hits = search_articles(query, language=language, limit=8)
    response = JsonResponse(
        {"query": query, "language": language, "results": [hit_as_json(hit) for hit in hits]}
    )
    if "record" in request.GET and is_reader(request):
        visitor = visitor_asked(request)
        record_search(query, language=language, results=len(hits), visitor=visitor, channel=WIDGET)
        remember_visitor(response, visitor)
    return response


@require_safe
def top_articles(request: HttpRequest) -> JsonResponse:
    """`?lang=`: the six most read."""
    language = language_asked(request)
    entries = most_read(language, limit=6)
    return JsonResponse({"language": language, "results": [entry_as_json(entry) for entry in entries]})


@require_safe
def article(request: HttpRequest, article_id: int) -> JsonResponse:
    """`?lang=`: one article with its safe HTML; counts as a reading like the page does."""
    language = language_asked(request)
    text = ArticleTranslation.objects.readable(language).filter(article=article_id).first()
    if text is None:
        raise Http404
    response = JsonResponse(
        {
            "id": text.article_id,
            "title": text.title,
            "summary": text.summary,
            "html": with_direct_links(text.html, language),
            "url": article_url(language, text.article_id, text.slug),
            "language": text.language,
            "is_fallback": text.language != language,
            "updated_at": text.updated_at.isoformat(),
        }
    )
    if is_reader(request):
        visitor = visitor_asked(request)
        record_view(text.article_id, language=text.language, visitor=visitor, channel=WIDGET)
        remember_visitor(response, visitor)
    return response


# Without a CSRF token, so that article pages need no session: a vote is worth no attack, the visitor's cookie
# is SameSite, and one address can't give more than 30 a minute.
@csrf_exempt
@require_POST
def give_vote(request: HttpRequest, article_id: int) -> HttpResponse:
    """POST `helpful=yes|no`, `comment`: JSON for scripts; a form without script comes back to the article."""
    if is_ratelimited(request, group="vote", key="ip", rate="30/m", increment=True):
        return HttpResponse(_("Too many votes in a minute. Try again a little later."), status=429)
    language = language_asked(request)
    found = get_object_or_404(Article.objects.published_in(language), pk=article_id)
    helpful = request.POST.get("helpful") != "no"
    visitor = visitor_asked(request)
    if not request.user.is_authenticated:
        vote(
            found,
            helpful=helpful,
            language=language,
            visitor=visitor,
            comment=request.POST.get("comment", ""),
        )
    if "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse({"helpful": helpful})
    else:
        text = ArticleTranslation.objects.readable(language).filter(article=found).first()
        response = redirect(f"{article_url(language, found.pk, text.slug)}#vote")
    remember_visitor(response, visitor)
    return response


@login_required
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Articles for `?ticket=`, in its language: what `?q=` finds, as a list below the composer, else the three that its
    subject and first customer message find, for the pane beside it."""
    asked = request.GET.get("ticket", "")
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=asked if asked.isdecimal() else 0)
    typed = request.GET.get("q")
    first = (
        None
        if typed
        else ticket.messages.filter(kind="incoming").order_by("pk").values_list("text", flat=True).first()
    )
    language = (
        nearest_language(ticket.language) or nearest_language(ticket.contact.language) or first_language()
    )
    hits = search_articles(
        typed or f"{ticket.subject} {first or ''}", language=language, limit=6 if typed else 3
    )
    page = "knowledge/_options.html" if typed is not None else "knowledge/_suggestions.html"
    return render(request, page, {"hits": hits, "ticket": ticket})


def visitor_asked(request: HttpRequest) -> object:
    """The visitor a widget names by its signed token (third-party cookies are often off), else the cookie's.

    Never from the address: a link with somebody's own token would have its reader chat as that somebody.
    """
    return read_visitor(request.headers.get("X-Visitor", "")) or visitor_of(request)


def hit_as_json(hit: Hit) -> dict:
    return {
        "id": hit.article_id,
        "title": hit.title,
        "url": hit.url,
        "summary": hit.summary,
        "snippet": hit.snippet,
        "language": hit.language,
    }


def entry_as_json(entry: Entry) -> dict:
    return {
        "id": entry.article_id,
        "title": entry.title,
        "url": entry.url,
        "summary": entry.summary,
        "language": entry.language,
    }
