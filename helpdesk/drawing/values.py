"""Reading and printing what stands between {{ and }}, in functions that are made once."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from django.conf import settings
from django.template import Context, Variable, VariableDoesNotExist
from django.template.base import FilterExpression, render_value_in_context
from django.utils.functional import Promise
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.timezone import template_localtime

from helpdesk.drawing.dates import FORMATTERS, date_reader
from helpdesk.drawing.language import language_of

Reader = Callable[[Context], Any]


def reader_of(expression: FilterExpression, *, missing: object = "") -> Reader:
    """What reads `expression`, filters and all, as its own `resolve` does; `missing` stands for what is not there."""
    read = finder(expression.var, missing) if expression.is_var else constantly(expression.var)
    for function, arguments in expression.filters:
        if function in FORMATTERS and arguments and not arguments[0][0]:
            read = date_reader(read, function, arguments[0][1])
        else:
            read = through(read, function, [argument_of(*argument) for argument in arguments])
    return read


def is_constant(expression: FilterExpression) -> bool:
    """Whether it is a text or a number that stands in the template, and needs no translation."""
    return not expression.filters and (
        not isinstance(expression.var, Promise) if not expression.is_var else is_literal(expression.var)
    )


def is_literal(variable: Variable) -> bool:
    return variable.lookups is None and not variable.translate


def constantly(value: object) -> Reader:
    return lambda context: value


def finder(variable: Variable, missing: object) -> Reader:
    """Goes the quick way while all is there; whatever is out of the common is asked of Django from the beginning."""
    if variable.lookups is None:
        return constantly(variable.literal) if is_literal(variable) else variable.resolve
    first, *rest = variable.lookups
    only = rest[0] if len(rest) == 1 else None

    def find_slowly(context: Context) -> object:
        try:
            return variable.resolve(context)
        except VariableDoesNotExist:
            return missing

    def find(context: Context) -> object:
        for scope in reversed(context.dicts):
            if first in scope:
                break
        else:
            return missing
        value = scope[first]
        bit = first
        try:
            if callable(value):
                value = called(value)
            if only is not None:  # as most are: ticket.subject
                bit = only
                value = item_or_attribute(value, bit) if is_subscriptable(value) else getattr(value, bit)
                return called(value) if callable(value) else value
            for bit in rest:
                value = item_or_attribute(value, bit) if is_subscriptable(value) else getattr(value, bit)
                if callable(value):
                    value = called(value)
        except Exception as error:  # noqa: BLE001  Django raises it again, or says that it is missing
            if getattr(error, "silent_variable_failure", False):
                return ""
            return missing if is_lacking(value, bit, error) else find_slowly(context)
        return value

    return find


def is_subscriptable(value: object) -> bool:
    return hasattr(type(value), "__getitem__")


def item_or_attribute(value: Any, bit: str) -> object:
    try:
        return value[bit]
    except (TypeError, AttributeError, KeyError, ValueError, IndexError):
        return getattr(value, bit)


def is_lacking(value: object, bit: str, error: Exception) -> bool:
    """Whether a plain object simply has no such attribute: no item, no property that failed, nothing made up on asking."""
    kind = type(value)
    return type(error) is AttributeError and not (
        hasattr(kind, bit) or hasattr(kind, "__getattr__") or is_subscriptable(value) or callable(value)
    )


def called(value: Any) -> object:
    if getattr(value, "do_not_call_in_templates", False):
        return value
    return "" if getattr(value, "alters_data", False) else value()


def argument_of(is_variable: bool, argument: Any) -> Reader:
    if is_variable:
        return argument.resolve
    if isinstance(argument, Promise):
        return in_each_language(argument)
    return constantly(mark_safe(argument))  # noqa: S308  a text of the template


def in_each_language(text: Promise) -> Reader:
    """A text of the template, `_("…")`: said once for a language."""
    said: dict[str | None, SafeString] = {}

    def read(context: Context) -> SafeString:
        language = language_of(context)
        if language not in said:
            said[language] = mark_safe(text)  # noqa: S308  a text of the template
        return said[language]

    return read


def through(read: Reader, function: Callable[..., Any], arguments: Sequence[Reader]) -> Reader:
    """What `read` gives, gone through a filter."""
    in_local_time = getattr(function, "expects_localtime", False)
    knows_escaping = getattr(function, "needs_autoescape", False)
    stays_safe = getattr(function, "is_safe", False)

    def read_plainly(context: Context) -> object:
        return function(read(context), *[argument(context) for argument in arguments])

    def read_through(context: Context) -> object:
        value = read(context)
        options = {"autoescape": context.autoescape} if knows_escaping else {}
        if in_local_time:
            value = template_localtime(value, context.use_tz)
        made = function(value, *[argument(context) for argument in arguments], **options)
        return mark_safe(made) if stays_safe and isinstance(value, SafeData) else made  # noqa: S308  as the filter says

    return read_through if in_local_time or knows_escaping or stays_safe else read_plainly


def print_value(value: object, context: Context) -> str:
    """`value` as it stands in the page: escaped, and as the reader's language writes it."""
    kind = type(value)
    if kind is SafeString:
        return value
    if kind is str and context.autoescape:
        return escape(value)
    if kind is int and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    return render_value_in_context(value, context)
