"""One line for each row behind a figure: the same cells on the page and in the file."""

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Func, IntegerField, Sum, When
from django.utils.translation import gettext as _

from funnel.models import SupportConversation, SupportSession
from funnel.page.naming import Names, article_titles
from funnel.report.behind import Part, ended
from funnel.report.estimates import share
from funnel.sessions import nodes, paths
from funnel.sessions.facts import HELP_CENTER
from helpdesk.inboxes.models import Inbox


@dataclass(frozen=True)
class SessionLine:
    """`path` in node names; `tickets` those the reader may see, by number and subject. Without `tags` where there are
    others: a tag says what a ticket is about."""

    started_at: datetime
    person: str
    channel: str
    department: str
    language: str
    tags: tuple[str, ...]
    path: tuple[str, ...]
    views: int
    articles: tuple[str, ...]
    tickets: tuple[tuple[int, str], ...]
    hidden_tickets: int

    @property
    def way(self) -> list[dict[str, str]]:
        """The path in the reader's words."""
        return [{"label": str(nodes.LABEL[node]), "family": nodes.FAMILY[node]} for node in self.path]


@dataclass(frozen=True)
class ConversationLine:
    """Durations in seconds. `subject`, `person` and `tags` are empty where the reader may not see the ticket."""

    ticket: int
    is_visible: bool
    subject: str
    person: str
    channel: str
    department: str
    language: str
    tags: tuple[str, ...]
    started_at: datetime
    queued_at: datetime | None
    replied_at: datetime | None
    first_response: int | None
    first_response_business: int | None
    first_replier: str
    closed_at: datetime | None
    time_to_close: int | None
    time_to_close_business: int | None
    closer: str
    rating: int | None
    is_open: bool


@dataclass(frozen=True)
class ArticleLine:
    """`readers` are matured sessions with a view of it; `solved` those of them that wrote to nobody."""

    article: str
    title: str
    readers: int
    solved: int
    rate: float | None


SESSION_HEAD, CONVERSATION_HEAD, ARTICLE_HEAD = (
    [field.name for field in fields(kind)] for kind in (SessionLine, ConversationLine, ArticleLine)
)


def session_lines(rows: Collection[SupportSession], names: Names, part: Part) -> list[SessionLine]:
    hidden = {row.pk: sum(ticket not in names.tickets for ticket in row.tickets) for row in rows}
    return [
        SessionLine(
            started_at=row.started_at.astimezone(part.period.zone),
            person=names.person(row.person, row.tickets),
            channel=say_channel(row.channel),
            department=say_department(row.department, names),
            language=row.language,
            tags=() if hidden[row.pk] else tuple(row.tags),
            path=paths.PATHS[row.path if row.matures_at <= part.now else paths.as_open(row.path)],
            views=row.views,
            articles=tuple(names.articles.get(article, article) for article in row.articles),
            tickets=tuple(
                (ticket, names.tickets[ticket]) for ticket in row.tickets if ticket in names.tickets
            ),
            hidden_tickets=hidden[row.pk],
        )
        for row in rows
    ]


def conversation_lines(rows: Iterable[SupportConversation], names: Names) -> list[ConversationLine]:
    return [
        ConversationLine(
            ticket=row.ticket,
            is_visible=row.ticket in names.tickets,
            subject=names.tickets.get(row.ticket, ""),
            person=names.person(row.person, [row.ticket]),
            channel=say_channel(row.channel),
            department=say_department(row.department, names),
            language=row.language,
            tags=tuple(row.tags) if row.ticket in names.tickets else (),
            started_at=row.started_at,
            queued_at=row.queued_at,
            replied_at=row.replied_at,
            first_response=row.first_response,
            first_response_business=row.first_response_business,
            first_replier=names.agents.get(row.first_replier, ""),
            closed_at=row.closed_at,
            time_to_close=row.time_to_close,
            time_to_close_business=row.time_to_close_business,
            closer=names.agents.get(row.closer, ""),
            rating=row.rating,
            is_open=row.is_open,
        )
        for row in rows
    ]


def article_lines(part: Part) -> list[ArticleLine]:
    """Every article read in the part, the most read first."""
    solved = Case(
        When(ended(nodes.RESOLVED_BY_ARTICLES)(part), then=1), default=0, output_field=IntegerField()
    )
    found = (
        part.sessions()
        .filter(part.is_matured, views__gt=0)
        .annotate(article=Func(F("articles"), function="unnest"), is_solved=solved)
        .values("article")
        .annotate(readers=Count("pk"), solved=Sum("is_solved"))
        .order_by("-readers", "article")
        .values_list("article", "readers", "solved")
    )
    rows = list(found)
    titles = article_titles({article for article, *_ in rows})
    return [
        ArticleLine(article, titles.get(article, article), readers, solved, share(solved, readers))
        for article, readers, solved in rows
    ]


def say_channel(channel: str) -> str:
    if channel == HELP_CENTER:
        return _("Help center")
    return str(Inbox.Kind(channel).label) if channel in Inbox.Kind.values else channel


def say_department(department: int | None, names: Names) -> str:
    return "" if department is None else names.departments.get(department, str(department))


class Echo:
    """A file that gives back what is written to it, line by line."""

    def write(self, line: str) -> str:
        return line


def write_rows(head: list[str], batches: Iterator[list[Any]]) -> Iterator[str]:
    """The lines as CSV, a batch at a time."""
    writer = csv.writer(Echo())
    yield writer.writerow(head)
    for lines in batches:
        yield "".join(writer.writerow([as_cell(value) for value in astuple(line)]) for line in lines)


def as_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection)."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        value = "; ".join("#{} {}".format(*part) if isinstance(part, tuple) else str(part) for part in value)
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return value
