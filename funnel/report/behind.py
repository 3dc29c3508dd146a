"""The rows behind each figure: which sessions or conversations were counted, so that every number can be checked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from funnel.models import Edition, SupportConversation, SupportSession
from funnel.report.period import Period
from funnel.report.rows import within
from funnel.report.scope import Scope
from funnel.sessions import nodes, paths
from funnel.sessions.facts import AGENT, CUSTOMER
from funnel.sessions.rules import CHAT_PATIENCE
from helpdesk.inboxes.models import Inbox


@dataclass(frozen=True)
class Part:
    """One edition's period and part of the desk, as it stood at `now`."""

    edition: Edition
    period: Period
    scope: Scope
    now: datetime

    def sessions(self) -> QuerySet[SupportSession]:
        return SupportSession.objects.filter(within(self.scope), edition=self.edition.facts_id).filter(
            self.during("started_at")
        )

    def conversations(self) -> QuerySet[SupportConversation]:
        """Of any time: each figure has its own moment."""
        return SupportConversation.objects.filter(within(self.scope), edition=self.edition.facts_id)

    def during(self, moment: str) -> Q:
        return Q(**{f"{moment}__gte": self.period.start, f"{moment}__lt": self.period.end})

    @property
    def is_matured(self) -> Q:
        return Q(matures_at__lte=self.now)


def ended(*ends: str) -> Callable[[Part], Q]:
    """Sessions that ended so; too early to say is still open."""

    def condition(part: Part) -> Q:
        settled = [end for end in ends if end != nodes.STILL_OPEN]
        found = Q(path__in=paths.codes_ending(*ends)) & part.is_matured if settled else Q(pk=None)
        if nodes.STILL_OPEN in ends:
            found |= Q(path__in=paths.codes_ending(nodes.STILL_OPEN)) | ~part.is_matured
        return found

    return condition


SOLVED = (*nodes.SELF_SERVED, *nodes.SOLVED_BY_TEAM)
SESSIONS: dict[str, Callable[[Part], Q]] = {
    "sessions": lambda part: Q(),
    "article_views": lambda part: Q(views__gt=0),
    "article_resolution_rate": lambda part: Q(views__gt=0) & part.is_matured,
    "article_resolution_per_viewer": lambda part: Q(views__gt=0) & part.is_matured,
    "automated_resolution_rate": lambda part: Q(is_bot_answered=True) & part.is_matured,
    "self_service_share": ended(*SOLVED),
    "self_service": ended(*nodes.SELF_SERVED),
    "team": ended(*nodes.SOLVED_BY_TEAM),
    **{end: ended(end) for end in paths.ENDS},
}


def sessions_behind(part: Part, figure: str) -> QuerySet[SupportSession]:
    """The sessions a figure counts; of a rate, those it divides by. Raises KeyError for a figure of conversations."""
    return part.sessions().filter(SESSIONS[figure](part))


def sessions_at(part: Part, node: str) -> QuerySet[SupportSession]:
    """The sessions that passed a node of the flow, or ended there."""
    if node in paths.ENDS:
        return part.sessions().filter(ended(node)(part))
    return part.sessions().filter(path__in=paths.codes_with(node))


def sessions_between(part: Part, source: str, target: str) -> QuerySet[SupportSession]:
    """The sessions of one band."""
    if target not in paths.ENDS:
        return part.sessions().filter(path__in=paths.codes_through(source, target))
    leaving = [code for code, path in enumerate(paths.PATHS) if path[-2] == source]
    return part.sessions().filter(ended(target)(part), path__in=leaving)


@dataclass(frozen=True)
class Counted:
    """How a figure counts conversations: by the moment of which event, which of them, and whose they are."""

    moment: str
    which: Callable[[Part], Q] = lambda part: Q()
    agent: str = "first_replier"


def is_chat_due(part: Part) -> Q:
    """A chat counts once it is answered or has waited ten minutes."""
    waited = Q(first_response=None, queued_at__lte=part.now - CHAT_PATIENCE)
    return Q(channel=Inbox.Kind.WEBCHAT, started_by=CUSTOMER) & (Q(first_response__isnull=False) | waited)


def is_settled(part: Part) -> Q:
    return Q(is_open=False, closed_by=AGENT, closed_at__lte=part.now - part.edition.rules.settled)


ANSWERED = Counted("replied_at")
BY_TEAM = Counted("closed_at", lambda part: Q(is_open=False, closed_by=AGENT), "closer")
RATED = Counted("rated_at", lambda part: Q(rating__isnull=False), "last_replier")
CHATS = Counted("queued_at", is_chat_due)
CONVERSATIONS: dict[str, Counted] = {
    "new": Counted("queued_at", lambda part: Q(started_by=CUSTOMER)),
    "all_new": Counted("started_at", lambda part: Q(started_by=CUSTOMER)),
    "replied": ANSWERED,
    "median_first_response": ANSWERED,
    "median_first_response_business": ANSWERED,
    "closed": BY_TEAM,
    "median_time_to_close": BY_TEAM,
    "median_time_to_close_business": BY_TEAM,
    "first_contact_resolution": Counted("closed_at", is_settled, "closer"),
    "csat": RATED,
    "ratings": RATED,
    "csat_response_rate": Counted("asked_at", agent="last_replier"),
    "chats": CHATS,
    "chats_answered_in_1_minute": CHATS,
    "chats_answered_in_10_minutes": CHATS,
}
WAITING, SPAM = "waiting", "spam"
FIGURES = (*SESSIONS, *CONVERSATIONS, WAITING, SPAM)


def moment_of(figure: str) -> str:
    """Which time of a conversation a figure goes by."""
    if figure in CONVERSATIONS:
        return CONVERSATIONS[figure].moment
    return "queued_at" if figure == WAITING else "started_at"


def conversations_behind(
    part: Part, figure: str, *, agent: int | None = None, hour: int | None = None
) -> QuerySet[SupportConversation]:
    """The conversations a figure counts; of a rate, those it divides by. `agent`: credited to this teammate;
    `hour`: of the week, weekday * 24 + hour, Monday midnight is 0. Raises KeyError for a figure of sessions."""
    if figure == WAITING:
        waiting = Q(is_open=True, queued_at__isnull=False, replied_at=None)
        return part.conversations().filter(waiting, is_spam=False)
    if figure == SPAM:
        return part.conversations().filter(part.during("started_at"), is_spam=True)
    counted = CONVERSATIONS[figure]
    rows = part.conversations().filter(counted.which(part), part.during(counted.moment), is_spam=False)
    if agent is not None:
        rows = rows.filter(**{counted.agent: agent})
    if hour is not None:
        rows = at_hour(rows, counted.moment, part, hour)
    return rows


def at_hour(rows: QuerySet, moment: str, part: Part, hour: int) -> QuerySet:
    zone = part.period.zone
    return rows.annotate(
        weekday=ExtractIsoWeekDay(moment, tzinfo=zone), hour=ExtractHour(moment, tzinfo=zone)
    ).filter(weekday=hour // 24 + 1, hour=hour % 24)
