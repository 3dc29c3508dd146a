"""How the help center does, article by article: for the team's list."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Q, Sum

from helpdesk import clock
from knowledge.languages import languages
from knowledge.models import Article, ArticleDay, ArticleTranslation, ArticleVote, Category, Section

PERIOD = timedelta(days=90)


@dataclass
class Line:
    """One article in the list. `helpful` is the share of yes votes in percent, None without votes."""

    article: Article
    title: str = ""
    states: dict[str, str] = field(default_factory=dict)  # language -> draft | published
    views: int = 0
    votes: int = 0
    helpful: int | None = None

    @property
    def languages(self) -> list[tuple[str, str, str]]:
        """Code, own name and state ("" where there is no text) of every language of the help center."""
        return [(code, name, self.states.get(code, "")) for code, name in languages().items()]


@dataclass
class Group:
    category: Category
    section: Section
    lines: list[Line]


def list_articles() -> list[Group]:
    """Every article by category and section, with its languages, views and votes. Four queries."""
    articles = list(
        Article.objects.select_related("section__category").order_by(
            "section__category__position",
            "section__category_id",
            "section__position",
            "section_id",
            "position",
            "id",
        )
    )
    lines = {article.pk: Line(article, article.slug) for article in articles}
    fill_titles(lines)
    fill_figures(lines)
    return group(lines.values())


def fill_titles(lines: dict[int, Line]) -> None:
    rank = {code: place for place, code in enumerate(languages())}
    texts = ArticleTranslation.objects.values_list("article_id", "language", "title", "status")
    for article_id, code, title, status in sorted(texts, key=lambda row: -rank.get(row[1], 99)):
        lines[article_id].title = title  # the first language comes last and stays
        lines[article_id].states[code] = status


def fill_figures(lines: dict[int, Line]) -> None:
    since = clock.now() - PERIOD
    views = (
        ArticleDay.objects.filter(day__gte=since.date()).values_list("article_id").annotate(read=Sum("views"))
    )
    for article_id, count in views:
        lines[article_id].views = count
    votes = ArticleVote.objects.filter(voted_at__gte=since).values_list("article_id")
    for article_id, count, yes in votes.annotate(given=Count("pk"), yes=Count("pk", filter=Q(helpful=True))):
        lines[article_id].votes = count
        lines[article_id].helpful = round(100 * yes / count)


def group(lines: Iterable[Line]) -> list[Group]:
    groups: list[Group] = []
    for line in lines:
        section = line.article.section
        if not groups or groups[-1].section.pk != section.pk:
            groups.append(Group(section.category, section, []))
        groups[-1].lines.append(line)
    return groups
