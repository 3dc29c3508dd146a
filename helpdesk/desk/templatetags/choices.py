"""The choices of a field. In Python: a team of fifty was a quarter of what a ticket's page took to draw."""

from collections.abc import Iterable
from html import escape

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def options(choices: Iterable[tuple[object, object] | Model], chosen: object) -> SafeString:
    """<option> for each (value, words), or for each row by its id and name; the `chosen` value selected."""
    pairs = ((one.pk, one) if isinstance(one, Model) else one for one in choices)
    return mark_safe("".join([option(value, words, value == chosen) for value, words in pairs]))  # noqa: S308  escaped


def option(value: object, words: object, is_chosen: bool) -> str:
    selected = " selected" if is_chosen else ""
    return f'<option value="{escape(str(value))}"{selected}>{escape(str(words))}</option>'
