"""What the help center's templates need beyond Django's own tags."""

from django import template
from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html
from django.utils.translation import to_locale

register = template.Library()


@register.simple_tag
def absolute(path: str) -> str:
    """The whole address of a path of this site, as search engines and mails want it."""
    return format_html("{}", settings.PUBLIC_URL + iri_to_uri(path))


@register.simple_tag
def hreflang(code: str) -> str:
    """A language code as hreflang writes it: `zh-hans` is `zh-Hans`."""
    return to_locale(code).replace("_", "-")


@register.simple_tag
def name_in(thing: object, language: str) -> str:
    return thing.name_in(language)


@register.filter
def get(mapping: dict, key: object) -> object:
    return mapping.get(key)
