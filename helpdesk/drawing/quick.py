"""Makes the nodes of a parsed template quick: in place, so that blocks and what refers to a node stay what they are."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.template.base import Node, NodeList, TextNode, VariableNode
from django.template.defaulttags import (
    CommentNode,
    CsrfTokenNode,
    FirstOfNode,
    ForNode,
    IfNode,
    LoadNode,
    URLNode,
    WithNode,
)
from django.template.engine import Engine
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.templatetags.tz import LocalTimeNode, TimezoneNode

from helpdesk.drawing.addresses import QuickUrl
from helpdesk.drawing.nodes import (
    STATELESS,
    QuickCsrfToken,
    QuickFor,
    QuickIf,
    QuickInclude,
    QuickList,
    QuickTag,
    QuickVariable,
    QuickWith,
)
from helpdesk.drawing.sentences import QuickSentence, QuickTranslation
from helpdesk.drawing.words import QuickLanguage, Words, is_fixed

QUICK: dict[type[Node], type[Node]] = {
    VariableNode: QuickVariable,
    IfNode: QuickIf,
    ForNode: QuickFor,
    WithNode: QuickWith,
    SimpleNode: QuickTag,
    IncludeNode: QuickInclude,
    URLNode: QuickUrl,
    CsrfTokenNode: QuickCsrfToken,
    TranslateNode: QuickTranslation,
    BlockTranslateNode: QuickSentence,
}
SILENT = (LoadNode, CommentNode)
STATELESS.update(QUICK.values())
STATELESS.update({Words, TextNode, QuickLanguage, FirstOfNode, LocalTimeNode, TimezoneNode})


def quicken(nodes: NodeList, engine: Engine) -> QuickList:
    """The same nodes, drawing the same; quick where we know how."""
    spoken = [node for node in nodes if type(node) not in SILENT]
    return QuickList(list(in_runs(spoken, engine)), engine)


def in_runs(nodes: Iterable[Node], engine: Engine) -> Iterator[Node]:
    for fixed, run in groupby(nodes, key=is_fixed):
        together = list(run)
        if not fixed:
            yield from (quick(node, engine) for node in together)
        elif all(type(node) is TextNode for node in together):
            yield TextNode("".join(node.s for node in together))
        else:
            yield Words(together)


def quick(node: Node, engine: Engine) -> Node:
    if isinstance(node, IfNode):
        node.conditions_nodelists = [
            (condition, quicken(inner, engine)) for condition, inner in node.conditions_nodelists
        ]
    else:
        for name in node.child_nodelists:
            if isinstance(inner := getattr(node, name, None), NodeList):
                setattr(node, name, quicken(inner, engine))
    if type(node) is LanguageNode:
        node.__class__ = QuickLanguage
    elif type(node) in QUICK:
        node.__class__ = QUICK[type(node)]
        node.prepare(engine)
    return node
