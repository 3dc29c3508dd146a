"""`|date` and `|time` with a format that stands in the template: taken apart once for a language, not for each date."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.template import Context
from django.template.defaultfilters import date, time
from django.utils.dateformat import DateFormat, Formatter, TimeFormat, re_escaped, re_formatchars
from django.utils.formats import get_format
from django.utils.timezone import template_localtime

from helpdesk.drawing.language import language_of

FORMATTERS: dict[Callable[..., Any], type[Formatter]] = {date: DateFormat, time: TimeFormat}
Piece = str | Callable[[Formatter], Any]


def date_reader(
    read: Callable[[Context], Any], function: Callable[..., Any], name: str
) -> Callable[[Context], Any]:
    """As the filter `function` (date or time) with the argument `name`: a format, or the name of one."""
    formatter = FORMATTERS[function]
    known: dict[str | None, Sequence[Piece]] = {}

    def read_date(context: Context) -> object:
        value = template_localtime(read(context), context.use_tz)
        if type(value) is not datetime:  # days, hours, nothing at all: Django knows what each means
            return function(value, name)
        language = language_of(context)
        if language not in known:
            known[language] = pieces_of(get_format(name), formatter)
        shown = formatter(value)
        return "".join([piece if type(piece) is str else str(piece(shown)) for piece in known[language]])

    return read_date


def pieces_of(format_string: str, formatter: type[Formatter]) -> Sequence[Piece]:
    """What stands in a format as it is, and what asks the formatter, as Formatter.format reads them."""
    split = re_formatchars.split(format_string)
    return [
        getattr(formatter, piece) if index % 2 else re.sub(re_escaped, r"\1", piece)
        for index, piece in enumerate(split)
        if piece
    ]
