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
        self.is_shaped = is_constant(self.view_name) and not self.kwargs
        self.shapes: dict[str | None, Sequence[str]] = {}
        # Most have one number among names that stand in the template.
        self.only = self.readers[self.is_number.index(True)] if self.is_number.count(True) == 1 else None

    def render(self, context: Context) -> str:
        if self.asvar:
            return self.keep(context)
        if not self.is_shaped or not context.autoescape:
            return super().render(context)
        if self.only is not None:
            number = self.only(context)
            pieces = self.shapes.get(app_of(context)) if type(number) is int and number >= 0 else None
            if pieces:
                return f"{pieces[0]}{number}{pieces[1]}"
        values = [read(context) for read in self.readers]
        numbers = self.numbers_of(values)
        app = app_of(context)
        if numbers and all(type(number) is str for number in numbers):
            return known_address(self.view_name.resolve(context), app, *values)
        address = self.shaped(values, numbers, context)
        return super().render(context) if address is None else address

    def keep(self, context: Context) -> str:
        """{% url 'desk:ticket' ticket.pk as address %}: under its name, and escaped when it is printed."""
        if self.is_shaped:
            values = [read(context) for read in self.readers]
            address = self.shaped(values, self.numbers_of(values), context)
            if address is not None:
                context[self.asvar] = address
                return ""
        return super().render(context)

    def numbers_of(self, values: Sequence[object]) -> list[object]:
        return [value for value, is_number in zip(values, self.is_number, strict=True) if is_number]

    def shaped(self, values: Sequence[object], numbers: list[object], context: Context) -> str | None:
        """The address with these numbers in it; None where it has to be asked of Django."""
        if not all(type(number) is int and number >= 0 for number in numbers):
            return None
        app = app_of(context)
        if app not in self.shapes:
            self.shapes[app] = self.shape(values, self.view_name.resolve(context), app)
        pieces = self.shapes[app]
        if not pieces:
            return None
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
            shapes.append(parts[::2] if self.asvar else [escape(piece) for piece in parts[::2]])
        return shapes[0] if shapes[0] == shapes[1] else ()


@lru_cache(
    maxsize=1024, typed=True
)  # the views of the desk, the parts of the settings: few, and asked for all day
def known_address(view: str, app: str | None, *values: object) -> str:
    return escape(reverse(view, args=values, current_app=app))


def app_of(context: Context) -> str | None:
    """The application whose page is drawn, as {% url %} of Django asks for it; asked once for the page."""
    try:
        return context.drawn_app
    except AttributeError:
        context.drawn_app = found_app(context)
        return context.drawn_app


def found_app(context: Context) -> str | None:
    try:
        return context.request.current_app
    except AttributeError:
        try:
            return context.request.resolver_match.namespace
        except AttributeError:
            return None
