"""How a session ended, and the way it took there: one path for each, so that the flow is conserved."""

from datetime import datetime

from funnel.sessions import nodes
from funnel.sessions.drafts import Place, SessionDraft
from funnel.sessions.facts import BOT, HELP_CENTER, Session
from funnel.sessions.rules import Rules


def judge(session: SessionDraft, *, now: datetime, rules: Rules) -> Session:
    """The finished session as it stands at `now`."""
    matures_at = last_sign(session) + rules.window
    first = session.conversations[0] if session.conversations else None
    return Session(
        person=session.person,
        started_at=session.started_at,
        channel=first.channel if first else session.channel or HELP_CENTER,
        department=first.department if first else session.department,
        language=(first.traits.language if first else "") or session.language,
        tags=tags_of(session),
        matures_at=matures_at,
        is_pending=now < matures_at,
        views=len(session.views),
        articles=frozenset(session.articles),
        is_bot_answered=any(conversation.bot_answered for conversation in session.conversations),
        tickets=tuple(conversation.ticket for conversation in session.conversations),
        settled_path=path_of(session),
    )


def tags_of(session: SessionDraft) -> tuple[str, ...]:
    """All tags of its conversations, each once, in a stable order."""
    return tuple(sorted({tag for conversation in session.conversations for tag in conversation.traits.tags}))


def last_sign(session: SessionDraft) -> datetime:
    """When the person was last seen, or the bot closed: from then on the window runs in which they may come back."""
    bot_closes = [c.closed_at for c in session.conversations if not c.is_open and c.closed_by == BOT]
    return max([session.last_at, *bot_closes])


def path_of(session: SessionDraft) -> tuple[str, ...]:
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
    path.append(outcome_of(session, tried_self_service=tried_self_service))
    return tuple(path)


def comes_before(team: Place | None, places: list[Place]) -> bool:
    """Whether any of these happened before the session reached the team, or at all if it never did."""
    return any(team is None or place < team for place in places)


def outcome_of(session: SessionDraft, *, tried_self_service: bool) -> str:
    """Open beats solved; the team's answer beats the bot's; the bot's beats the articles'."""
    conversations = session.conversations
    if session.is_open:
        return nodes.STILL_OPEN
    if any(c.replied_at is not None for c in conversations):
        return nodes.RESOLVED_AFTER if tried_self_service else nodes.RESOLVED_OUTRIGHT
    if any(c.is_bot_solved for c in conversations):
        return nodes.RESOLVED_BY_BOT
    if session.views and not conversations:
        return nodes.RESOLVED_BY_ARTICLES
    return nodes.NOT_RESOLVED
