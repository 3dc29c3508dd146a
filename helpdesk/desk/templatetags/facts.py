from collections.abc import Iterable, Mapping

from django import template
from django.utils.safestring import SafeString, mark_safe

from helpdesk.desk.drawn_facts import draw_fact
from helpdesk.people.attributes.facts import Fact

register = template.Library()


@register.simple_tag(takes_context=True)
def facts(context: Mapping, rows: Iterable[Fact]) -> SafeString:
    """The rows, of which the ticket and the list beside it are the page's own."""
    return mark_safe("".join(fact(context, row) for row in rows))


@register.simple_tag(takes_context=True)
def fact(context: Mapping, row: Fact, *, is_focused: bool = False) -> SafeString:
    return draw_fact(row, context["ticket"], context["place"].suffix, is_focused=is_focused)
