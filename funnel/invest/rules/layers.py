"""Layers that solve a clearly smaller share of what is solved than the month before."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count

from funnel.invest.desk import Desk
from funnel.invest.evidence import difference_interval
from funnel.invest.findings import Finding
from funnel.invest.rules.articles import typical_wait
from funnel.report.period import Period
from funnel.sessions import nodes, paths

LEAST = 30  # solved sessions in either month
ENDS = {
    "articles": nodes.RESOLVED_BY_ARTICLES,
    "bot": nodes.RESOLVED_BY_BOT,
    "outright": nodes.RESOLVED_OUTRIGHT,
}


def find_lost_layers(desk: Desk, known: frozenset[str]) -> Iterator[Finding]:
    """One finding for each layer that solved anything in either month.

    The team's outright share also falls when self-service does better, which is no loss: it counts as lost only
    where more people reached the team after self-service had not been enough.
    """
    now, before = solved_in(desk, desk.month), solved_in(desk, desk.before)
    solved, solved_before = now.total(), before.total()
    if min(solved, solved_before) < LEAST:
        return
    wait = typical_wait(desk)
    for layer, end in ENDS.items():
        interval = difference_interval(now[end], solved, before[end], solved_before)
        is_lost = interval[1] < 0 and (layer != "outright" or rose(nodes.RESOLVED_AFTER, now, before))
        share, share_before = now[end] / solved, before[end] / solved_before
        lost = 0 if layer == "outright" else max(0, share_before - share) * solved
        yield Finding(
            subject=layer,
            figure=share,
            is_firing=is_lost,
            figures={
                "share": share,
                "share_before": share_before,
                "least": -interval[1],
                "most": -interval[0],
                "solved": solved,
            },
            team_hours=desk.team_hours(lost),
            waiting_hours=lost * wait / 3600,
        )


def rose(end: str, now: Counter[str], before: Counter[str]) -> bool:
    return difference_interval(now[end], now.total(), before[end], before.total())[0] > 0


def solved_in(desk: Desk, period: Period) -> Counter[str]:
    """Solved sessions by their end."""
    rows = desk.sessions(period).values_list("path").annotate(sessions=Count("pk")).order_by()
    solved: Counter[str] = Counter()
    for code, sessions in rows:
        end = paths.PATHS[code][-1]
        if end in nodes.SELF_SERVED | nodes.SOLVED_BY_TEAM:
            solved[end] += sessions
    return solved
