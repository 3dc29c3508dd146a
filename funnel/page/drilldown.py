"""From a number to what it counts: lists of sessions, conversations and articles, as pages and as files."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_ratelimit.decorators import ratelimit

from funnel.models import Signal, SupportConversation, SupportSession
from funnel.page.behind_rows import (
    ARTICLE_HEAD,
    CONVERSATION_HEAD,
    SESSION_HEAD,
    article_lines,
    conversation_lines,
    session_lines,
    write_rows,
)
from funnel.page.headline import say_span
from funnel.page.limits import LISTS, PAGES
from funnel.page.naming import names_for_conversations, names_for_sessions
from funnel.page.tiles import SELF_SERVICE, TEAM
from funnel.report import behind
from funnel.report.asking import Question, QuestionForm
from funnel.sessions import nodes
from helpdesk import clock
from helpdesk.keyset import keyset_page

LABEL = {
    **nodes.LABEL,
    **{tile.key: tile.label for tile in (*SELF_SERVICE, *TEAM)},
    "self_service": gettext_lazy("Solved by self-service"),
    "team": gettext_lazy("Solved by the team"),
    "all_new": gettext_lazy("All new conversations"),
    "replied": gettext_lazy("First answers"),
    "ratings": gettext_lazy("Ratings"),
    "csat_response_rate": gettext_lazy("Asked for a rating"),
    "article_views": gettext_lazy("Article views"),
    "article_resolution_per_viewer": gettext_lazy("Readers of articles"),
    "median_first_response_business": gettext_lazy("First response in business hours"),
    "median_time_to_close_business": gettext_lazy("Time to close in business hours"),
    "chats": gettext_lazy("Chats"),
    "chats_answered_in_1_minute": gettext_lazy("Chats"),
    "chats_answered_in_10_minutes": gettext_lazy("Chats"),
    behind.WAITING: gettext_lazy("Waiting for a first answer"),
    behind.SPAM: gettext_lazy("Spam"),
}
LONGEST_NUMBER = 19  # digits; int() itself refuses thousands of them
IN_A_FILE_AT_ONCE = 1000  # rows named and written together


def part_asked(request: HttpRequest) -> tuple[Question, behind.Part]:
    question = QuestionForm(request.GET).question()
    edition = question.edition
    if edition is None:
        raise Http404
    now = edition.reckoned_at or clock.now()
    return question, behind.Part(edition, question.period, question.scope, now)


def sessions_asked(request: HttpRequest, part: behind.Part) -> Any:
    """By `source` and `target` of a band, by `node`, or by `figure`."""
    asked = request.GET
    if asked.get("source") in nodes.COLUMN and asked.get("target") in nodes.COLUMN:
        return behind.sessions_between(part, asked["source"], asked["target"])
    if asked.get("node") in nodes.COLUMN:
        return behind.sessions_at(part, asked["node"])
    figure = asked.get("figure") or "sessions"
    if figure not in behind.SESSIONS:
        raise Http404
    rows = behind.sessions_behind(part, figure)
    article = asked.get("article", "").replace("\0", "")  # which no text of the database can hold
    return rows.filter(articles__contains=[article]) if article else rows


def conversations_asked(request: HttpRequest, part: behind.Part) -> tuple[str, Any]:
    """By `figure`, narrowed by `agent` and `hour`; or those that a `signal` was found in."""
    asked = request.GET
    figure = asked.get("figure") or "new"
    if figure not in {*behind.CONVERSATIONS, behind.WAITING, behind.SPAM}:
        raise Http404
    if (pk := number(asked.get("signal"))) is not None:
        signal = Signal.objects.filter(pk=pk).first()
        tickets = (signal.figures.get("tickets") or []) if signal else []
        return "started_at", SupportConversation.objects.filter(
            edition=part.edition.facts_id, ticket__in=tickets
        )
    rows = behind.conversations_behind(
        part, figure, agent=number(asked.get("agent")), hour=number(asked.get("hour"), below=168)
    )
    return behind.moment_of(figure), rows


def number(word: str | None, *, below: int = 2**62) -> int | None:
    """A number of the query, None where there is none; anything else is an address that does not exist."""
    if not word:
        return None
    if not word.isdecimal() or len(word) > LONGEST_NUMBER or int(word) >= below:
        raise Http404
    return int(word)


@require_safe
@login_required
@ratelimit(key="user", rate=PAGES, block=True)
def show_sessions(request: HttpRequest) -> HttpResponse:
    question, part = part_asked(request)
    found = keyset_page(sessions_asked(request, part), by="started_at", cursor=request.GET.get("cursor", ""))
    lines = session_lines(found.rows, names_for_sessions(found.rows, request.user), part)
    page = page_of(request, question, lines, found.next_cursor)
    return render(request, "funnel/behind/sessions.html", page | {"heading": say_sessions(request)})


@require_safe
@login_required
@ratelimit(key="user", rate=PAGES, block=True)
def show_conversations(request: HttpRequest) -> HttpResponse:
    question, part = part_asked(request)
    moment, rows = conversations_asked(request, part)
    found = keyset_page(rows, by=moment, cursor=request.GET.get("cursor", ""))
    names = names_for_conversations(found.rows, request.user)
    page = page_of(request, question, conversation_lines(found.rows, names), found.next_cursor)
    heading = say_figure(request.GET.get("figure") or "new")
    return render(request, "funnel/behind/conversations.html", page | {"heading": heading})


@require_safe
@login_required
@ratelimit(key="user", rate=PAGES, block=True)
def show_articles(request: HttpRequest) -> HttpResponse:
    question, part = part_asked(request)
    page = page_of(request, question, article_lines(part), "")
    return render(request, "funnel/behind/articles.html", page)


def page_of(request: HttpRequest, question: Question, lines: list, cursor: str) -> dict[str, Any]:
    asked = {name: request.GET.getlist(name) for name in request.GET if name != "cursor"}
    return {
        "question": question,
        "span": say_span(question.period),
        "lines": lines,
        "query": urlencode(asked, doseq=True),
        "newest": "cursor" in request.GET,
        "older": urlencode(asked | {"cursor": cursor}, doseq=True) if cursor else "",
    }


def say_sessions(request: HttpRequest) -> str:
    """What the list is of."""
    asked = request.GET
    if asked.get("source") in nodes.LABEL and asked.get("target") in nodes.LABEL:
        words = {"source": nodes.LABEL[asked["source"]], "target": nodes.LABEL[asked["target"]]}
        return _("%(source)s → %(target)s") % words
    if asked.get("node") in nodes.LABEL:
        return str(nodes.LABEL[asked["node"]])
    return say_figure(asked.get("figure") or "sessions")


def say_figure(figure: str) -> str:
    return str(LABEL[figure])


@require_safe
@login_required
@ratelimit(key="user", rate=LISTS, block=True)
def give_sessions(request: HttpRequest) -> StreamingHttpResponse:
    """All sessions of the list as CSV, with the names the reader may see."""
    _question, part = part_asked(request)
    rows = sessions_asked(request, part).order_by("-started_at", "-id")

    def lines(batch: list[SupportSession]) -> list:
        return session_lines(batch, names_for_sessions(batch, request.user), part)

    return file_of("sessions", write_rows(SESSION_HEAD, map(lines, batches(rows))))


@require_safe
@login_required
@ratelimit(key="user", rate=LISTS, block=True)
def give_conversations(request: HttpRequest) -> StreamingHttpResponse:
    """One row for each conversation, with every duration in whole seconds."""
    _question, part = part_asked(request)
    moment, rows = conversations_asked(request, part)

    def lines(batch: list[SupportConversation]) -> list:
        return conversation_lines(batch, names_for_conversations(batch, request.user))

    return file_of(
        "conversations",
        write_rows(CONVERSATION_HEAD, map(lines, batches(rows.order_by(f"-{moment}", "-id")))),
    )


@require_safe
@login_required
@ratelimit(key="user", rate=LISTS, block=True)
def give_articles(request: HttpRequest) -> StreamingHttpResponse:
    _question, part = part_asked(request)
    return file_of("articles", write_rows(ARTICLE_HEAD, iter([article_lines(part)])))


def batches(rows: Any) -> Iterator[list]:
    batch = []
    for row in rows.iterator(chunk_size=IN_A_FILE_AT_ONCE):
        batch.append(row)
        if len(batch) == IN_A_FILE_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


class Flowing(StreamingHttpResponse):
    """Sends each part as soon as it is made. Django itself would gather all parts of a plain iterator first, and a
    year of a large desk is some gigabytes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = iter(self.streaming_content)
        while part := await sync_to_async(next)(parts, b""):
            yield part


def file_of(name: str, content: Iterator[str]) -> StreamingHttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "private, no-store",  # it names customers
    }
    return Flowing(content, content_type="text/csv; charset=utf-8", headers=headers)
