"""The report's figures counted from sessions and conversations by plain SQL: what the tallies save, and whether they
are right. Shares no code with how the tallies are counted."""

from datetime import datetime
from typing import Any

import psycopg

from funnel.models import Edition
from funnel.report.asking import Question
from funnel.report.period import Period
from funnel.report.scope import Scope

SESSIONS = """
SELECT to_char(started_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month,
    CASE WHEN matures_at <= %(now)s THEN path ELSE path / 6 * 6 + 5 END AS flow, count(*), sum(views),
    sum(views) FILTER (WHERE matures_at <= %(now)s), count(*) FILTER (WHERE views > 0 AND matures_at <= %(now)s),
    count(*) FILTER (WHERE is_bot_answered AND matures_at <= %(now)s)
FROM funnel_supportsession
WHERE edition_id = %(facts)s AND started_at >= %(start)s AND started_at < %(end)s AND {scope} GROUP BY 1, 2
"""
# One question for each kind of moment: each can use its own index where the period is short.
CONVERSATIONS = {
    "started": """SELECT count(*) FILTER (WHERE started_by = 'customer' AND NOT is_spam), count(*) FILTER (WHERE is_spam)
        FROM funnel_supportconversation WHERE {within}""",
    "queued": """SELECT count(*), count(*) FILTER (WHERE {chat}), count(*) FILTER (WHERE {chat} AND first_response <= 60),
        count(*) FILTER (WHERE {chat} AND first_response <= 600)
        FROM funnel_supportconversation WHERE {within} AND started_by = 'customer' AND NOT is_spam""",
    "hours": """SELECT extract(isodow FROM queued_at AT TIME ZONE %(zone)s)::int * 24 - 24
            + extract(hour FROM queued_at AT TIME ZONE %(zone)s)::int, count(*)
        FROM funnel_supportconversation WHERE {within} AND started_by = 'customer' AND NOT is_spam GROUP BY 1""",
    "replied": """SELECT count(*), {percentile}(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY first_response),
        {percentile}(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY first_response_business)
        FROM funnel_supportconversation WHERE {within} AND NOT is_spam""",
    "closed": """SELECT count(*), count(*) FILTER (WHERE closed_at <= %(settled)s),
        count(*) FILTER (WHERE closed_at <= %(settled)s AND agent_closes = 1 AND repliers = 1),
        {percentile}(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY time_to_close),
        {percentile}(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY time_to_close_business)
        FROM funnel_supportconversation WHERE {within} AND NOT is_spam AND NOT is_open AND closed_by = 'agent'""",
    "asked": "SELECT count(*) FROM funnel_supportconversation WHERE {within} AND NOT is_spam",
    "rated": """SELECT count(*), count(*) FILTER (WHERE rating >= 4)
        FROM funnel_supportconversation WHERE {within} AND NOT is_spam AND rating IS NOT NULL""",
}
MOMENT = {"hours": "queued"}
CHAT = "channel = 'webchat' AND (first_response IS NOT NULL OR queued_at <= %(patience)s)"
WAITING = """SELECT count(*), min(queued_at) FROM funnel_supportconversation WHERE edition_id = %(facts)s AND is_open
    AND NOT is_spam AND replied_at IS NULL AND queued_at IS NOT NULL AND {scope}"""
OPEN_END = 5  # sessions/paths.ENDS
MOST_OFF = (
    0.011  # of a median from buckets: 1 % of the nearest rank, and a little for the step to its neighbour
)


def count_from_rows(
    database: psycopg.Connection, edition: Edition, question: Question, told: dict[str, Any]
) -> dict[str, Any]:
    """The period's figures and, beside them as in the report, those of the period before.

    `told`: the report. Where its quantiles come from buckets, they are promised to be near the nearest rank.
    """
    own, before = (
        figures_of(database, edition, period, question.scope, is_exact=figures["medians_are_exact"])
        for period, figures in ((question.period, told), (question.compared, told["previous"]))
    )
    return own | {"previous": before}


def figures_of(
    database: psycopg.Connection, edition: Edition, period: Period, scope: Scope, *, is_exact: bool
) -> dict[str, Any]:
    condition, values = condition_of(scope)
    now = edition.reckoned_at
    values |= {"facts": edition.facts_id, "zone": edition.time_zone, "now": now}
    values |= {"start": period.start, "end": period.end, "patience": minutes_before(now, 10)}
    values["settled"] = now - edition.rules.settled

    def ask(query: str, moment: str = "") -> list[tuple]:
        within = (
            f"edition_id = %(facts)s AND {moment}_at >= %(start)s AND {moment}_at < %(end)s AND {condition}"
        )
        words = {"scope": condition, "within": within, "chat": CHAT}
        words["percentile"] = "percentile_cont" if is_exact else "percentile_disc"
        return database.execute(query.format(**words), values).fetchall()

    flow = ask(SESSIONS)
    told = {name: ask(query, MOMENT.get(name, name)) for name, query in CONVERSATIONS.items()}
    return session_figures(flow) | conversation_figures(told) | {"waiting": ask(WAITING)[0][0]}


def minutes_before(now: datetime, minutes: int) -> datetime:
    return datetime.fromtimestamp(now.timestamp() - 60 * minutes, now.tzinfo)


def condition_of(scope: Scope) -> tuple[str, dict[str, Any]]:
    """None of the measured questions asks for what has no department or language."""
    conditions = ["true"]
    for column, wanted in (
        ("channel", scope.channels),
        ("department", scope.departments),
        ("language", scope.languages),
    ):
        if wanted:
            conditions.append(f"{column} = ANY(%({column})s)")
    if scope.tag:
        conditions.append("tags @> ARRAY[%(tag)s]::varchar[]")
    return " AND ".join(conditions), {
        "channel": list(scope.channels),
        "department": list(scope.departments),
        "language": list(scope.languages),
        "tag": scope.tag,
    }


def session_figures(flow: list[tuple]) -> dict[str, Any]:
    months: dict[str, int] = {}
    for month, _, sessions, *_ in flow:
        months[month] = months.get(month, 0) + sessions
    matured_views, viewers, bot_answered = (sum(row[place] or 0 for row in flow) for place in (4, 5, 6))

    def ending(end: int) -> int:
        return sum(row[2] for row in flow if row[1] % 6 == end)

    return {
        "sessions": sum(months.values()),
        "months": months,
        "article_views": sum(row[3] for row in flow),
        "article_views_matured": matured_views,
        "article_resolution_per_viewer": divided(ending(0), viewers),
        "automated_resolution_rate": divided(ending(1), bot_answered),
        "still_open": ending(OPEN_END),
    }


def conversation_figures(told: dict[str, list[tuple]]) -> dict[str, Any]:
    all_new, spam = told["started"][0]
    new, chats, in_1, in_10 = told["queued"][0]
    replied, first, first_business = told["replied"][0]
    closed, settled, at_once, close, close_business = told["closed"][0]
    ratings, good = told["rated"][0]
    hours = dict(told["hours"])
    quantiles = {
        "first_response": first,
        "first_response_business": first_business,
        "time_to_close": close,
        "time_to_close_business": close_business,
    }
    return {
        "all_new": all_new,
        "spam": spam,
        "new": new,
        "replied": replied,
        "closed": closed,
        "chats": chats,
        "chats_answered_in_1_minute": divided(in_1, chats),
        "chats_answered_in_10_minutes": divided(in_10, chats),
        "first_contact_resolution": divided(at_once, settled),
        "ratings": ratings,
        "csat": divided(good, ratings),
        "csat_response_rate": divided(ratings, told["asked"][0][0]),
        "hours": [hours.get(hour, 0) for hour in range(168)],
        **{f"median_{name}": found and found[0] for name, found in quantiles.items()},
        **{f"ninetieth_{name}": found and found[1] for name, found in quantiles.items()},
    }


def divided(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def differences(told: dict[str, Any], counted: dict[str, Any]) -> list[str]:
    """Where the report's JSON says anything else than the rows: counts and rates exactly, quantiles within 1 % where they
    come from buckets."""
    found = []
    for name, value in counted.items():
        if name == "previous":
            found += [f"previous {each}" for each in differences(told["previous"], value)]
            continue
        said = told[name]
        if name == "months":
            said = {row["month"]: row["sessions"] for row in said if row["sessions"]}
        is_rough = name.startswith(("median", "ninetieth")) and not told["medians_are_exact"]
        if not (near(said, value, MOST_OFF) if is_rough else near(said, value, 1e-9)):
            found.append(f"{name}: {said}, by the rows {value}")
    return found


def near(said: Any, value: Any, most: float) -> bool:
    if isinstance(said, int | float) and isinstance(value, int | float):
        return abs(said - value) <= most * abs(value)
    return said == value
