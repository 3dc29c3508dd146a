"""How a session ended, and the way it took there: one path for each, so that the flow is conserved."""

from datetime import datetime

from funnel.sessions import nodes
from funnel.sessions.drafts import Place, SessionDraft
from funnel.sessions.facts import BOT, HELP_CENTER, WINDOW, Session


def judge(session: SessionDraft, *, now: datetime) -> Session:
    """The finished session as it stands at `now`."""
    first = session.conversations[0] if session.conversations else None
    return Session(
        person=session.person,
        started_at=session.started_at,
        channel=first.channel if first else session.channel or HELP_CENTER,
        department=first.department if first else session.department,
        is_pending=is_pending(session, now=now),
        views=len(session.views),
        is_bot_answered=any(conversation.bot_answered for conversation in session.conversations),
        conversations=len(session.conversations),
        path=path_of(session, now=now),
    )


def is_pending(session: SessionDraft, *, now: datetime) -> bool:
    """True while the person may still come back: less than the window since they were last seen, or since the bot closed."""
    bot_closes = [c.closed_at for c in session.conversations if not c.is_open and c.closed_by == BOT]
    return now - max([session.last_at, *bot_closes]) < WINDOW


def path_of(session: SessionDraft, *, now: datetime) -> tuple[str, ...]:
    """Source, then what was tried before the team, then the team if it got there, then the outcome."""
    team = min((c.team for c in session.conversations if c.team), default=None)
    path = [nodes.AFTER_PROACTIVE if session.is_after_proactive else nodes.ON_THEIR_OWN]
    if comes_before(team, session.views):
        path.append(nodes.ARTICLES)
    if comes_before(team, [c.bot_answered for c in session.conversations if c.bot_answered]):
        path.append(nodes.BOT)
    tried_self_service = len(path) > 1
    if team is not None:
        path.append(nodes.TEAM_AFTER if tried_self_service else nodes.TEAM_DIRECT)
    path.append(outcome_of(session, tried_self_service=tried_self_service, now=now))
    return tuple(path)


def comes_before(team: Place | None, places: list[Place]) -> bool:
    """Whether any of these happened before the session reached the team, or at all if it never did."""
    return any(team is None or place < team for place in places)


def outcome_of(session: SessionDraft, *, tried_self_service: bool, now: datetime) -> str:
    """Open beats solved; the team's answer beats the bot's; the bot's beats the articles'."""
    conversations = session.conversations
    if session.is_open or is_pending(session, now=now):
        return nodes.STILL_OPEN
    if any(c.replied_at is not None for c in conversations):
        return nodes.RESOLVED_AFTER if tried_self_service else nodes.RESOLVED_OUTRIGHT
    if any(c.is_bot_solved for c in conversations):
        return nodes.RESOLVED_BY_BOT
    if session.views and not conversations:
        return nodes.RESOLVED_BY_ARTICLES
    return nodes.NOT_RESOLVED
