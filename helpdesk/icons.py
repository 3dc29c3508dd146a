"""The icons of the sprite as a tag that every template knows: {% icon "inbox" %}, {% icon "send" "icon--turns" %}."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(name="icon")
@lru_cache(maxsize=512)  # a list draws a hundred of the same few
def draw_icon(name: str, css: str = "") -> SafeString:
    """`name` is Lucide's; `css` further classes: icon--large, and icon--turns for what points along the line."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"icon {css}".strip(),
        static("icons/sprite.svg"),
        name,
    )


draw_icon.is_fixed = True  # drawn once for a template (helpdesk/drawing)
