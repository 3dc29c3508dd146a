"""Translations that are kept under a name, and sentences with values in them: looked up once for a language."""

from django.template import Context
from django.template.base import FilterExpression
from django.template.engine import Engine
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import gettext, pgettext

from helpdesk.drawing.language import language_of
from helpdesk.drawing.values import is_constant, print_value, reader_of


class QuickTranslation(TranslateNode):
    """{% translate "Close" as words %}"""

    def prepare(self, engine: Engine) -> None:
        self.is_fixed = is_fixed_text(self)
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        if not self.is_fixed or not self.asvar:
            return super().render(context)
        language = language_of(context)
        if language not in self.said:
            super().render(context)
            self.said[language] = context[self.asvar]
        context[self.asvar] = self.said[language]
        return ""


def is_fixed_text(node: TranslateNode) -> bool:
    expression: FilterExpression = node.filter_expression
    meaning = node.message_context
    return (
        not expression.filters
        and expression.var.lookups is None
        and (meaning is None or is_constant(meaning))
    )


class QuickSentence(BlockTranslateNode):
    """{% blocktranslate with name=… %}, but for plurals."""

    def prepare(self, engine: Engine) -> None:
        self.readers = {name: reader_of(value) for name, value in self.extra_context.items()}
        self.text, self.names = self.render_token_list(self.singular)
        self.is_plain = not (self.plural or self.countervar or self.asvar)
        self.said: dict[tuple[str | None, str], str] = {}

    def render(self, context: Context, nested: bool = False) -> str:
        if not self.is_plain or nested:
            return super().render(context, nested)
        own = {name: read(context) for name, read in self.readers.items()}
        values = {name: own[name] if name in own else context.get(name, "") for name in self.names}
        try:
            return self.sentence(context) % {
                name: print_value(value, context) for name, value in values.items()
            }
        except (
            KeyError,
            ValueError,
        ):  # a translation with other names in it: Django falls back on the original
            return super().render(context)

    def sentence(self, context: Context) -> str:
        meaning = self.message_context.resolve(context) if self.message_context else ""
        key = language_of(context), meaning
        if key not in self.said:
            self.said[key] = pgettext(meaning, self.text) if meaning else gettext(self.text)
        return self.said[key]
