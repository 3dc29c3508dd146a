"""The nodes that pages are full of, each drawing exactly what Django's own does."""

from collections.abc import Callable, Mapping
from typing import Any

from django.template import Context, Template, VariableDoesNotExist
from django.template.base import Node, NodeList, VariableNode
from django.template.defaulttags import CsrfTokenNode, ForNode, IfNode, TemplateLiteral, WithNode
from django.template.engine import Engine
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode, construct_relative_path
from django.template.smartif import TokenBase
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from helpdesk.drawing.values import Reader, is_constant, print_value, reader_of


class QuickList(NodeList):
    """Nodes one after the other. Where errors are to be shown with their place in the template, Django notes it."""

    def __init__(self, nodes: list[Node], engine: Engine) -> None:
        super().__init__(nodes)
        self.contains_nontext = True
        self.draws: list[Callable[[Context], str]] = [
            node.render_annotated if engine.debug else node.render for node in nodes
        ]

    def render(self, context: Context) -> SafeString:
        return SafeString("".join([draw(context) for draw in self.draws]))


class QuickVariable(VariableNode):
    def prepare(self, engine: Engine) -> None:
        self.read = reader_of(self.filter_expression)

    def render(self, context: Context) -> str:
        try:
            return print_value(self.read(context), context)
        except UnicodeDecodeError:  # Django prints nothing then
            return ""


class QuickIf(IfNode):
    def prepare(self, engine: Engine) -> None:
        self.branches = [
            (test_of(condition) if condition else None, nodes)
            for condition, nodes in self.conditions_nodelists
        ]

    def render(self, context: Context) -> str:
        for test, nodes in self.branches:
            if test is None or is_met(test, context):
                return nodes.render(context)
        return ""


def is_met(test: Reader, context: Context) -> object:
    try:
        return test(context)
    except VariableDoesNotExist:
        return False


def test_of(token: TokenBase) -> Reader:
    """What answers a condition. An operator that meets an error says no, as Django's do (smartif.py)."""
    if isinstance(token, TemplateLiteral):
        return reader_of(token.value, missing=None)
    if token.id not in OPERATIONS:
        return token.eval
    sides = [test_of(side) for side in (token.first, token.second) if side]
    operation = OPERATIONS[token.id]

    def test(context: Context) -> object:
        try:
            return operation(context, *sides)
        except Exception:  # noqa: BLE001
            return False

    return test


OPERATIONS: Mapping[str, Callable[..., object]] = {
    "and": lambda context, one, two: one(context) and two(context),
    "or": lambda context, one, two: one(context) or two(context),
    "not": lambda context, one: not one(context),
    "==": lambda context, one, two: one(context) == two(context),
    "!=": lambda context, one, two: one(context) != two(context),
    "in": lambda context, one, two: one(context) in two(context),
    "not in": lambda context, one, two: one(context) not in two(context),
    ">": lambda context, one, two: one(context) > two(context),
}


class QuickFor(ForNode):
    def prepare(self, engine: Engine) -> None:
        self.read = reader_of(self.sequence, missing=None)

    def render(self, context: Context) -> str:
        outer = context.get("forloop", {})
        loop: dict[str, Any] = {"parentloop": outer}
        scope: dict[str, Any] = {}
        context.dicts.append(scope)
        try:
            values = self.read(context)
            values = [] if values is None else values if hasattr(values, "__len__") else list(values)
            count = len(values)
            if count < 1:
                return self.nodelist_empty.render(context)
            scope["forloop"] = loop
            return SafeString("".join(self.rounds(values, count, loop, scope, context)))
        finally:
            context.dicts.pop()

    def rounds(self, values: Any, count: int, loop: dict, scope: dict, context: Context) -> list[str]:
        drawn: list[str] = []
        draws = self.nodelist_loop.draws
        names = self.loopvars
        for index, item in enumerate(reversed(values) if self.is_reversed else values):
            loop["counter0"], loop["counter"] = index, index + 1
            loop["revcounter"], loop["revcounter0"] = count - index, count - index - 1
            loop["first"], loop["last"] = index == 0, index == count - 1
            if len(names) == 1:
                scope[names[0]] = item
                drawn.extend([draw(context) for draw in draws])
                continue
            context.dicts.append(unpacked(names, item))
            drawn.extend([draw(context) for draw in draws])
            context.dicts.pop()
        return drawn


def unpacked(names: list[str], item: Any) -> dict[str, Any]:
    size = len(item) if hasattr(item, "__len__") else 1
    if size != len(names):
        raise ValueError(f"Need {len(names)} values to unpack in for loop; got {size}.")
    return dict(zip(names, item, strict=False))


class QuickWith(WithNode):
    def prepare(self, engine: Engine) -> None:
        self.readers = {name: reader_of(value) for name, value in self.extra_context.items()}

    def render(self, context: Context) -> str:
        scope = {name: read(context) for name, read in self.readers.items()}
        context.dicts.append(scope)
        try:
            return self.nodelist.render(context)
        finally:
            context.dicts.pop()


class QuickTag(SimpleNode):
    def prepare(self, engine: Engine) -> None:
        self.positional = [reader_of(argument) for argument in self.args]
        self.named = {name: reader_of(argument) for name, argument in self.kwargs.items()}

    def render(self, context: Context) -> str:
        positional = [read(context) for read in self.positional]
        named = {name: read(context) for name, read in self.named.items()}
        output = (
            self.func(context, *positional, **named)
            if self.takes_context
            else self.func(*positional, **named)
        )
        if self.target_var is not None:
            context[self.target_var] = output
            return ""
        return conditional_escape(output) if context.autoescape else output


class QuickCsrfToken(CsrfTokenNode):
    """The same field in each of a page's forms."""

    def prepare(self, engine: Engine) -> None:
        pass

    def render(self, context: Context) -> str:
        token = context.get("csrf_token")
        drawn_for, field = getattr(context, "drawn_token", (None, ""))
        if token is None or drawn_for is not token:
            field = super().render(context)
            context.drawn_token = token, field
        return field


class QuickInclude(IncludeNode):
    """A part whose name stands in the template is found once. One that keeps nothing of its own while it is drawn
    (cycles, blocks) needs no state of its own either."""

    def prepare(self, engine: Engine) -> None:
        self.engine = engine
        self.readers = {name: reader_of(value) for name, value in self.extra_context.items()}
        self.is_named = is_constant(self.template) and isinstance(self.template.var, str)
        self.found: Template | None = None
        self.is_stateless = False

    def render(self, context: Context) -> str:
        if not self.is_named or self.isolated_context or self.engine.debug:
            return super().render(context)
        if self.found is None:
            self.find()
        context.dicts.append({name: read(context) for name, read in self.readers.items()})
        try:
            return (self.found.nodelist if self.is_stateless else self.found).render(context)
        finally:
            context.dicts.pop()

    def find(self) -> None:
        name = construct_relative_path(self.origin.template_name, self.template.var)
        found = self.engine.select_template((name,))
        self.is_stateless = all(type(node) in STATELESS for node in found.nodelist.get_nodes_by_type(Node))
        self.found = found


STATELESS: set[type[Node]] = set()
