"""What the screens of a mail inbox print."""

from datetime import datetime

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()
LEVELS = {"ok": _("Works"), "warn": _("Needs a look"), "bad": _("Does not work"), "off": _("Off")}


@register.filter
def level_words(level: str) -> str | Promise:
    return LEVELS[level]


@register.filter
def is_moment(value: object) -> bool:
    return isinstance(value, datetime)
