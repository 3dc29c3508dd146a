"""The section "time and money saved", in words: what the template shows and nothing to reckon left in it."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from funnel.invest.assuming import AssumptionsForm
from funnel.invest.money import say_money
from funnel.invest.savings import savings
from funnel.models import Assumptions
from funnel.report.asking import Question
from funnel.report.period import Period, add_months
from funnel.report.wording import one_decimal, say_count, say_percent
from helpdesk import clock


def savings_section(
    question: Question, figures: Mapping[str, Any], *, form: AssumptionsForm | None = None
) -> dict[str, Any]:
    """What the section shows for these figures. `form`: values being tried, else what is saved."""
    form = form or AssumptionsForm(instance=Assumptions.get())
    # Values that make no sense have half filled the form's row: reckon with the saved ones meanwhile.
    assumptions = Assumptions.get() if form.is_bound and not form.is_valid() else form.instance
    saved = savings(figures, assumptions, months_gone(question.period, clock.now()))
    return {
        "question": question,
        "hidden": parse_qsl(question.query),  # the report's own filters travel with the form
        "form": form,
        "is_tried": form.is_bound and form.has_changed(),
        "saved": saved,
        "words": say_savings(saved, assumptions, is_exact=figures["medians_are_exact"]),
    }


def say_savings(saved: Mapping[str, Any], assumptions: Assumptions, *, is_exact: bool) -> dict[str, str]:
    """Each figure as it is printed; "" where there is none."""
    currency = assumptions.currency
    customers = say_hours(saved["customer_hours"]) if saved["customer_hours"] else ""
    return {
        "hours": say_hours(saved["hours"]),
        "hours_range": say_range(*map(say_hours, saved["hours_range"])),
        "money": say_money(saved["money"], currency),
        "money_range": say_range(*(say_money(bound, currency) for bound in saved["money_range"])),
        "customers": customers if is_exact or not customers else f"≈ {customers}",
        "tool_cost": "" if saved["tool_cost"] is None else say_money(saved["tool_cost"], currency),
        "roi": "" if saved["roi"] is None else say_percent(saved["roi"]),
        "steps": _(
            "(%(bot)s solved by the bot + %(share)s of %(articles)s solved by articles) × %(minutes)s min"
        )
        % {
            "bot": say_count(saved["by_bot"]),
            "share": say_percent(float(assumptions.readers_who_would_write)),
            "articles": say_count(saved["by_articles"]),
            "minutes": number_format(f"{float(assumptions.minutes_per_conversation):g}", use_l10n=True),
        },
    }


def say_hours(hours: float) -> str:
    return _("%(hours)s h") % {"hours": one_decimal(hours)}


def say_range(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def months_gone(period: Period, now: datetime) -> Decimal:
    """How many months of the period have passed by `now`, a month begun by the days of it that have."""
    last = min(period.until, now.astimezone(period.zone).date())
    total, month = Decimal(0), period.since.replace(day=1)
    while month <= last:
        total += part_of(month, max(month, period.since), last)
        month = add_months(month, 1)
    return total


def part_of(month: date, since: date, until: date) -> Decimal:
    length = monthrange(month.year, month.month)[1]
    end = min(until, month + timedelta(days=length - 1))
    return Decimal((end - since).days + 1) / length
