"""Time and money that self-service has saved: docs/funnel.md has the formulas and an example.

Exact: decimals go in and are divided last, so that 13.9 hours are 13.9 and not 13.899999.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from funnel.models import Assumptions
from funnel.sessions import nodes

MINUTES, SECONDS = 60, 3600  # of an hour


def savings(figures: Mapping[str, Any], assumptions: Assumptions, months: Decimal | int) -> dict[str, Any]:
    """What the figures of a period come to, as plain JSON types; None where something is not known.

    Team: (solved by the bot + k x solved by articles) x minutes of a simple conversation, k being the share of helped
    readers who would have written; the range is k = 0 to 1. Customers: solved by the bot x median seconds to close.
    `roi`: (money - cost of the tools) / cost, over `months` months; None until a cost is entered.
    """
    by_bot, by_articles = figures[nodes.RESOLVED_BY_BOT], figures[nodes.RESOLVED_BY_ARTICLES]
    share = exact(assumptions.readers_who_would_write)
    hours, least, most = (
        hours_of(by_bot + k * by_articles, assumptions) for k in (share, Decimal(0), Decimal(1))
    )
    rate = exact(assumptions.cost_per_hour)
    median = figures["median_time_to_close"]
    return {
        "by_bot": by_bot,
        "by_articles": by_articles,
        "conversations": float(by_bot + share * by_articles),
        "hours": float(hours),
        "hours_range": [float(least), float(most)],
        "money": float(hours * rate),
        "money_range": [float(least * rate), float(most * rate)],
        "customer_hours": None if median is None else float(by_bot * exact(median) / SECONDS),
        **cost_figures(hours * rate, assumptions.tool_cost_per_month, months),
    }


def hours_of(conversations: Decimal, assumptions: Assumptions) -> Decimal:
    return conversations * exact(assumptions.minutes_per_conversation) / MINUTES


def cost_figures(money: Decimal, monthly: Decimal | None, months: Decimal | int) -> dict[str, float | None]:
    """What the tools cost over so many months, and the return on it."""
    if not monthly or not months:
        return {"tool_cost": None, "roi": None}
    cost = exact(monthly) * exact(months)
    return {"tool_cost": float(cost), "roi": float((money - cost) / cost)}


def exact(number: float | Decimal) -> Decimal:
    """As it is written, not as it is stored."""
    return Decimal(str(number))
