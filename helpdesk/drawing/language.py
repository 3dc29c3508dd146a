"""In which language a page is drawn."""

from django.template import Context
from django.utils.translation import get_language


def language_of(context: Context) -> str | None:
    """The language that a page is drawn in; asked once for the page, a hundred runs of words want it."""
    try:
        return context.drawn_in
    except AttributeError:
        context.drawn_in = get_language()
        return context.drawn_in
