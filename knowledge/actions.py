"""What is done to articles. Screens, API and the demo content call these; nobody else writes translations."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict, Invalid
from helpdesk.events.actor import Actor
from helpdesk.ordering import next_position
from knowledge.index import index_translation
from knowledge.languages import languages
from knowledge.markdown import render_article
from knowledge.models import Article, ArticleTranslation, ArticleVersion, Section, Status

LONGEST_BODY = 100_000


@transaction.atomic
def create_article(section: Section, *, title: str, by: Actor, name: str = "") -> Article:
    """A new article at the end of `section`, without texts yet. `name` is its stable name, made from the title."""
    return Article.objects.create(
        section=section,
        slug=free_name(name or slugify(title)[:60] or "article"),
        position=next_position(section.articles),
        created_at=clock.now(),
    )


def free_name(wanted: str) -> str:
    """`wanted`, or with a number behind it where the name is taken. Never begins with a digit: ids do."""
    wanted = wanted if wanted[:1].isalpha() else f"a-{wanted}"
    taken = set(Article.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


@transaction.atomic
def save_translation(
    article: Article,
    *,
    language: str,
    title: str,
    body: str,
    summary: str = "",
    publish: bool | None = None,
    seen_version: int | None = None,
    by: Actor,
) -> ArticleTranslation:
    """Write the article's text in one language and keep it as a version.

    `publish` True or False sets the status, None leaves it. `seen_version` is the number the editor was opened
    with: where somebody has saved since, Conflict is raised and nothing is written.
    """
    title, summary, body = title.strip(), summary.strip(), body.replace("\r\n", "\n").replace("\x00", "")
    refuse_bad_text(language, title, summary, body)
    Article.objects.select_for_update().get(pk=article.pk)
    translation = article.translations.filter(language=language).first() or ArticleTranslation(
        article=article, language=language
    )
    if seen_version is not None and seen_version != translation.version:
        raise Conflict(
            _("Somebody saved this article since you opened it. Copy your text and look at theirs first.")
        )
    translation.title, translation.summary, translation.body = title, summary, body
    translation.slug = slugify(title, allow_unicode=True)[:120] or article.slug
    translation.author_id = by.id if by.kind == "agent" else None
    translation.version += 1
    set_status(translation, publish)
    render_translation(translation)
    translation.updated_at = clock.now()
    translation.save()
    keep_version(translation)
    index_translation(translation)
    return translation


def refuse_bad_text(language: str, title: str, summary: str, body: str) -> None:
    if language not in languages():
        raise Invalid(_("This help center has no such language."), field="language")
    if not title:
        raise Invalid(_("Give the article a title."), field="title")
    if len(title) > ArticleTranslation._meta.get_field("title").max_length:
        raise Invalid(_("The title is too long."), field="title")
    if len(summary) > ArticleTranslation._meta.get_field("summary").max_length:
        raise Invalid(_("The summary is too long."), field="summary")
    if len(body) > LONGEST_BODY:
        raise Invalid(_("The text is too long: split it into two articles."), field="body")


def set_status(translation: ArticleTranslation, publish: bool | None) -> None:
    if publish is None:
        return
    if publish and not translation.body.strip():
        raise Invalid(_("An article without text can't be published."), field="body")
    translation.status = Status.PUBLISHED if publish else Status.DRAFT
    if publish and translation.published_at is None:
        translation.published_at = clock.now()


def render_translation(translation: ArticleTranslation) -> None:
    rendered = render_article(translation.body, translation.language)
    translation.html, translation.headings, translation.plain = (
        rendered.html,
        rendered.headings,
        rendered.plain,
    )


def keep_version(translation: ArticleTranslation) -> None:
    ArticleVersion.objects.create(
        translation=translation,
        number=translation.version,
        title=translation.title,
        summary=translation.summary,
        body=translation.body,
        status=translation.status,
        author_id=translation.author_id,
        saved_at=translation.updated_at,
    )


def restore_version(version: ArticleVersion, *, by: Actor) -> ArticleTranslation:
    """Bring an old text back as a new save; whether the article is published does not change."""
    translation = version.translation
    return save_translation(
        translation.article,
        language=translation.language,
        title=version.title,
        summary=version.summary,
        body=version.body,
        by=by,
    )


@transaction.atomic
def move_article(article: Article, *, section: Section) -> None:
    """Put the article at the end of another section."""
    if article.section_id == section.pk:
        return
    article.section, article.position = section, next_position(section.articles)
    article.save(update_fields=["section", "position"])


def delete_article(article: Article) -> None:
    """Remove an article that nobody can have read. What was published once is only withdrawn."""
    if article.translations.exclude(published_at=None).exists():
        raise Conflict(
            _("This article was published once, so people may have links to it. Make it a draft instead.")
        )
    article.delete()
