"""The pane of the piles: it changes only with a number, so it is drawn once for all who see the same."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from helpdesk.desk.piles import Pile
from helpdesk.desk.templatetags.desk import capped, key_after

register = template.Library()
SAVED = 1  # the group to which one may add
KEYS = ("new_call", "write")  # of which the pane tells the agent's own


class Line(NamedTuple):
    """What is printed of a pile."""

    key: str
    title: str
    icon: str
    is_view: bool
    count: str


@register.simple_tag(takes_context=True)
def draw_piles(context: Mapping[str, Any], *, oob: bool = False) -> SafeString:
    """`pile_groups` of the context, the one of its `place` marked. `oob`: it comes along with something else."""
    groups = tuple(
        (str(title), tuple(line_of(pile, count) for pile, count in piles), number == SAVED)
        for number, (title, piles) in enumerate(context["pile_groups"])
        if piles or number == SAVED
    )
    own_keys = tuple(key_after(context, name) for name in KEYS)
    return draw_groups(groups, context["place"].key, own_keys, bool(oob), get_language())


def line_of(pile: Pile, count: int | None) -> Line:
    return Line(pile.key, str(pile.title), pile.icon, bool(pile.view), capped(count) if count else "")


@lru_cache(maxsize=512)
def draw_groups(
    groups: tuple, place: str, own_keys: tuple[str, ...], oob: bool, _language: str
) -> SafeString:
    told = {"groups": groups, "place": place, "oob": oob}
    return render_to_string("desk/_piles.html", told | dict(zip(KEYS, own_keys, strict=True)))
