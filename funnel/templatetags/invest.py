"""The two sections that the funnel page includes by a tag each, so that it need not know what they show."""

from typing import Any

from django import template
from django.template import Context

from funnel.invest.listing import signals_section
from funnel.invest.saved import savings_section

register = template.Library()


@register.inclusion_tag("funnel/invest/_savings.html", takes_context=True)
def show_savings(context: Context) -> dict[str, Any]:
    """Time and money saved in the report's period, for its `question` and `figures`."""
    section = savings_section(context["question"], context["figures"])
    return section | {"reader": reader_of(context)}


@register.inclusion_tag("funnel/invest/_signals.html", takes_context=True)
def show_signals(context: Context) -> dict[str, Any]:
    """Where to invest. Signals can quote what customers asked: to readers of a shared link nothing is shown."""
    reader = reader_of(context)
    return signals_section(reader) if reader else {}


def reader_of(context: Context) -> Any:
    """The member of the team who looks at the page; None for anybody else."""
    user = getattr(context.get("request"), "user", None)
    return user if user is not None and user.is_authenticated else None
