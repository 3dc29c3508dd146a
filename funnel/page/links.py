"""Where the figures of the page lead: the sessions or conversations that each one counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from funnel.pictures.captions import no_url
from funnel.pictures.sankey import FlowLinks
from funnel.report.asking import CUSTOM, Question
from funnel.report.behind import SESSIONS
from funnel.report.period import add_months


@dataclass(frozen=True)
class RowLinks:
    """The links of one question. Each takes what it narrows the question by, in the words of a URL."""

    words: dict[str, Any]
    sessions_page: str
    conversations_page: str
    articles_page: str
    query: str
    kept: dict[str, str] = field(default_factory=dict)

    def figure(self, key: str, **narrowed: Any) -> str:
        """The rows that a figure counts; of a share those it divides by, of a median those it is of."""
        if key == "article_views":
            return f"{self.articles_page}?{self.query}"
        key = key.replace("ninetieth_", "median_")
        page = self.sessions_page if key in SESSIONS else self.conversations_page
        return f"{page}?{self.narrowed(narrowed) if narrowed else self.query}&figure={key}"

    def narrowed(self, more: dict[str, Any]) -> str:
        """The query narrowed; kept, since a month or a row of a table has several figures."""
        key = str(more)
        if key not in self.kept:
            self.kept[key] = urlencode({**self.words, **more}, doseq=True)
        return self.kept[key]

    def band(self, source: str, target: str) -> str:
        return f"{self.sessions_page}?{self.query}&source={source}&target={target}"

    def node(self, name: str) -> str:
        return f"{self.sessions_page}?{self.query}&node={name}"

    def month(self, month: str, key: str, *, question: Question) -> str:
        """A figure of one month, as far as the question's period reaches into it."""
        first = date.fromisoformat(f"{month}-01")
        last = date.fromordinal(add_months(first, 1).toordinal() - 1)
        since, until = max(first, question.period.since), min(last, question.period.until)
        return self.figure(key, period=CUSTOM, since=since.isoformat(), until=until.isoformat())

    def hour(self, hour: int) -> str:
        """New conversations of one hour of the week: weekday * 24 + hour, Monday first."""
        return f"{self.conversations_page}?{self.query}&figure=new&hour={hour}"

    @property
    def flow(self) -> FlowLinks:
        return FlowLinks(band=self.band, node=self.node)


def links_of(question: Question) -> RowLinks:
    return RowLinks(
        words=dict(question.words),
        sessions_page=reverse("funnel:sessions"),
        conversations_page=reverse("funnel:conversations"),
        articles_page=reverse("funnel:articles"),
        query=question.query,
    )


class NoLinks:
    """RowLinks where figures lead nowhere: whatever is asked for, "" is its address."""

    flow = None

    def __getattr__(self, _of: str) -> Callable[..., str]:
        return no_url


NO_LINKS: Any = NoLinks()
