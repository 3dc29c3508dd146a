"""{% url 'desk:ticket' ticket.pk %}: the shape of the address is asked of Django once, the numbers are put in."""

import re
from collections.abc import Sequence
from functools import lru_cache

from django.template import Context
from django.template.defaulttags import URLNode
from django.template.engine import Engine
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape

from helpdesk.drawing.values import is_constant, reader_of

# Numbers that stand in no address by themselves, short and long ones.
PROBES = (71_000_301, 7_100_000_000_301)


class QuickUrl(URLNode):
    def prepare(self, engine: Engine) -> None:
        self.readers = [reader_of(argument) for argument in self.args]
        self.is_number = [not is_constant(argument) for argument in self.args]
        self.is_shaped = is_constant(self.view_name) and not self.kwargs and not self.asvar
        self.shapes: dict[str | None, Sequence[str]] = {}

    def render(self, context: Context) -> str:
        if not self.is_shaped or not context.autoescape:
            return super().render(context)
        values = [read(context) for read in self.readers]
        numbers = [value for value, is_number in zip(values, self.is_number, strict=True) if is_number]
        app = app_of(context)
        if numbers and all(type(number) is str for number in numbers):
            return known_address(self.view_name.resolve(context), app, *values)
        if not all(type(number) is int and number >= 0 for number in numbers):
            return super().render(context)
        if app not in self.shapes:
            self.shapes[app] = self.shape(values, self.view_name.resolve(context), app)
        pieces = self.shapes[app]
        if not pieces:
            return super().render(context)
        return "".join(
            [pieces[0], *[f"{number}{piece}" for number, piece in zip(numbers, pieces[1:], strict=True)]]
        )

    def shape(self, values: Sequence[object], view: str, app: str | None) -> Sequence[str]:
        """What stands before, between and after the numbers; () where that can't be said for all numbers."""
        shapes = []
        for probe in PROBES:
            numbers = iter(range(probe, probe + len(values)))
            asked = [
                next(numbers) if one else value for value, one in zip(values, self.is_number, strict=True)
            ]
            try:
                address = reverse(view, args=asked, current_app=app)
            except NoReverseMatch:
                return ()
            wanted = [str(value) for value, one in zip(asked, self.is_number, strict=True) if one]
            numbers_in = f"({'|'.join(wanted)})" if wanted else "(?!)"
            parts = re.split(numbers_in, address)
            if parts[1::2] != wanted:
                return ()
            shapes.append([escape(piece) for piece in parts[::2]])
        return shapes[0] if shapes[0] == shapes[1] else ()


@lru_cache(
    maxsize=1024, typed=True
)  # the views of the desk, the parts of the settings: few, and asked for all day
def known_address(view: str, app: str | None, *values: object) -> str:
    return escape(reverse(view, args=values, current_app=app))


def app_of(context: Context) -> str | None:
    """The application whose page is drawn, as {% url %} of Django asks for it."""
    try:
        return context.request.current_app
    except AttributeError:
        try:
            return context.request.resolver_match.namespace
        except AttributeError:
            return None
