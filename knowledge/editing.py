"""The screens on which the team writes articles. Every member of the team may write."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.errors import HelpdeskError
from helpdesk.events.actor import Actor
from knowledge.actions import create_article, delete_article, move_article, restore_version, save_translation
from knowledge.forms import NewArticleForm, TextForm
from knowledge.languages import first_language, languages
from knowledge.markdown import render_article
from knowledge.models import Article, ArticleTranslation, ArticleVersion, ArticleVote, Section
from knowledge.overview import list_articles


@login_required
@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """Every article with its languages, views and votes."""
    return render(request, "knowledge/settings/articles.html", {"groups": list_articles()})


@login_required
def new_article(request: HttpRequest) -> HttpResponse:
    form = NewArticleForm(request.POST or None, initial={"title": request.GET.get("title", "")[:160]})
    if request.method == "POST" and form.is_valid():
        title, by = form.cleaned_data["title"], Actor.agent(request.user)
        article = create_article(form.cleaned_data["section"], title=title, by=by)
        save_translation(article, language=first_language(), title=title, body="", by=by)
        return redirect("knowledge_settings:article", article.pk)
    return render(
        request,
        "knowledge/settings/new_article.html",
        {"form": form, "has_sections": Section.objects.exists()},
    )


@login_required
def edit_article(request: HttpRequest, article_id: int, language: str = "") -> HttpResponse:
    """Write one language of an article; saving keeps a version. The button says whether it is published."""
    language = language or first_language()
    article = get_object_or_404(Article.objects.select_related("section__category"), pk=article_id)
    text = article.translations.filter(language=language).first() or ArticleTranslation(
        article=article, language=language
    )
    form = TextForm(request.POST or None, instance=text, initial={"section": article.section_id})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return save_and_return(request, article, language, form)
        except HelpdeskError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
    return render(request, "knowledge/settings/article.html", page_of(article, language, form), status=status)


def save_and_return(request: HttpRequest, article: Article, language: str, form: TextForm) -> HttpResponse:
    facts = form.cleaned_data
    saved = save_translation(
        article,
        language=language,
        title=facts["title"],
        summary=facts["summary"],
        body=facts["body"],
        publish={"publish": True, "withdraw": False}.get(request.POST.get("then", "")),
        seen_version=facts["version"] or 0,
        by=Actor.agent(request.user),
    )
    move_article(article, section=facts["section"])
    messages.success(request, _("Saved and published.") if saved.is_published else _("Draft saved."))
    return redirect("knowledge_settings:text", article.pk, language)


def page_of(article: Article, language: str, form: TextForm) -> dict:
    """What the editor shows: the form, the state of every language, and what readers said."""
    states = {text.language: text for text in article.translations.without_bodies()}
    tabs = [{"code": code, "name": name, "text": states.get(code)} for code, name in languages().items()]
    comments = ArticleVote.objects.filter(article=article).exclude(comment="").order_by("-voted_at")[:5]
    return {
        "article": article,
        "language": language,
        "form": form,
        "tabs": tabs,
        "text": states.get(language),
        "comments": comments,
        "was_published": any(text.published_at for text in states.values()),
        "title": next((text.title for text in states.values() if text.title), article.slug),
    }


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The text as readers would see it; nothing is saved."""
    language = request.POST.get("language", "")
    rendered = render_article(
        request.POST.get("body", "")[:100_000], language if language in languages() else first_language()
    )
    facts = {
        "title": request.POST.get("title", ""),
        "summary": request.POST.get("summary", ""),
        "html": rendered.html,
    }
    return render(request, "knowledge/settings/_preview.html", facts)


@login_required
@require_safe
def versions(request: HttpRequest, article_id: int, language: str) -> HttpResponse:
    """What was saved when and by whom; one version is shown with a button that brings it back."""
    text = get_object_or_404(ArticleTranslation, article=article_id, language=language)
    kept = Paginator(text.versions.select_related("author"), 50).get_page(request.GET.get("page"))
    asked = request.GET.get("number", "")
    shown = text.versions.filter(number=int(asked)).first() if asked.isdecimal() and len(asked) < 9 else None
    shown = shown or text.versions.first()
    facts = {"text": text, "kept": kept, "shown": shown, "html": render_article(shown.body, language).html}
    return render(request, "knowledge/settings/versions.html", facts)


@login_required
@require_POST
def restore(request: HttpRequest, version_id: int) -> HttpResponse:
    version = get_object_or_404(ArticleVersion.objects.select_related("translation__article"), pk=version_id)
    text = restore_version(version, by=Actor.agent(request.user))
    messages.success(request, _("Version %(number)d is back.") % {"number": version.number})
    return redirect("knowledge_settings:text", text.article_id, text.language)


@login_required
@require_POST
def delete(request: HttpRequest, article_id: int) -> HttpResponse:
    delete_article(get_object_or_404(Article, pk=article_id))
    messages.success(request, _("Draft deleted."))
    return redirect("knowledge_settings:articles")
