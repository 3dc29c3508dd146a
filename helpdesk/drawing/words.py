"""What a template says to everybody in the same words: drawn once for a language, and kept."""

from collections.abc import Sequence

from django.template import Context
from django.template.base import Node, TextNode
from django.template.defaulttags import URLNode
from django.template.library import SimpleNode
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode

from helpdesk.drawing.language import language_of
from helpdesk.drawing.sentences import is_fixed_text
from helpdesk.drawing.values import is_constant


class Words(Node):
    """Texts, translations, icons and fixed addresses that stand one after the other."""

    child_nodelists = ()

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = language_of(context)
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = "".join([node.render_annotated(context) for node in self.nodes])
        return said


class QuickLanguage(LanguageNode):
    """{% language %}: what it holds is drawn in another language than the page."""

    def render(self, context: Context) -> str:
        context.__dict__.pop("drawn_in", None)
        try:
            return super().render(context)
        finally:
            context.__dict__.pop("drawn_in", None)


def is_fixed(node: Node) -> bool:
    """Whether a node depends on nothing but the language."""
    kind = type(node)
    return kind is TextNode or (kind in FIXED and FIXED[kind](node))


def is_fixed_translation(node: TranslateNode) -> bool:
    return not node.asvar and is_fixed_text(node)


def is_fixed_tag(node: SimpleNode) -> bool:
    """Of a tag that says of itself that it draws the same for the same arguments."""
    return (
        getattr(node.func, "is_fixed", False)
        and not node.takes_context
        and not node.target_var
        and all(is_constant(argument) for argument in (*node.args, *node.kwargs.values()))
    )


def is_fixed_address(node: URLNode) -> bool:
    return not (node.args or node.kwargs or node.asvar) and is_constant(node.view_name)


def is_fixed_file(node: StaticNode) -> bool:
    return not node.varname and is_constant(node.path)


FIXED = {
    TranslateNode: is_fixed_translation,
    SimpleNode: is_fixed_tag,
    URLNode: is_fixed_address,
    StaticNode: is_fixed_file,
}
