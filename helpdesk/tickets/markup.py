"""The few marks of Markdown that a teammate may write, as HTML that is safe to print.

**bold**, *italic*, `code`, [words](address), lists and quotes; a line break is one, and addresses become links. Everything
else is text: a product of numbers, a file's path or a heading mean what they say.
"""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import nh3
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

# Our own HTML, by which it is told from that of a mail: `clean_html` leaves no class in anything that comes from outside.
OPENS, CLOSES = '<div class="marked-up">', "</div>"
MAY_BE_MARKED = re.compile(r"[*_`]|\]\(|^\s{0,3}(?:[-+>]|\d{1,9}[.)])\s", re.MULTILINE)
MARKERS = re.compile(r"[*_`\[\]]")
ADDRESS = re.compile(r"://[^\s<>()\[\]]+")
MOST_MARKERS = 2_000  # a longer tangle of them costs the square of its length
REACHED = re.compile(
    r"(?:https?://|mailto:|tel:)", re.IGNORECASE
)  # any other address leads nowhere from a mail
MARKS = {
    "strong_open",
    "em_open",
    "code_inline",
    "bullet_list_open",
    "ordered_list_open",
    "blockquote_open",
    "link_open",
}
TAGS = {"p", "br", "strong", "em", "code", "ul", "ol", "li", "blockquote", "a"}
INLINE, TAG = re.compile(r"</?(?:strong|em|code|a)\b[^>]*>"), re.compile(r"<[^>]*>")
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SET = {"a": {"target": "_blank"}, "p": {"dir": "auto"}, "li": {"dir": "auto"}}
SCHEMES = {"http", "https", "mailto", "tel"}


def marked_up(text: str) -> str:
    """The text as safe HTML; "" where it has no marks, so that plain text is the whole truth of it."""
    if not MAY_BE_MARKED.search(text) or len(MARKERS.findall(text)) > MOST_MARKERS:
        return ""
    tokens = PARSER.parse(text)
    if not has_marks(tokens):
        return ""
    return f"{OPENS}{clean(PARSER.renderer.render(tokens, PARSER.options, {}))}{CLOSES}"


def own_html(html: str) -> SafeString | None:
    """The HTML of a message where `marked_up` made it; None for a mail's own."""
    return mark_safe(html) if html.startswith(OPENS) else None  # noqa: S308  cleaned when it was made


def words_in(text: str, html: str) -> str:
    """What a message says, for lists: of what is marked up the words without the marks."""
    return unescape(TAG.sub(" ", INLINE.sub("", html))) if html.startswith(OPENS) else text


def clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        set_tag_attribute_values=SET,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def has_marks(tokens: Sequence[Token]) -> bool:
    return any(token.type in MARKS or has_marks(token.children or ()) for token in tokens)


def mark_words(state: StateInline, silent: bool) -> bool:
    """As CommonMark's rule for * and _, but not inside a word: 2*3*4 and snake_case_names are no emphasis. Where words
    have no spaces between them, as in Chinese, a * may stand anywhere."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    run = state.scanDelims(state.pos, False)
    if marker == "*" and not is_inside_word(state.src, state.pos, state.pos + run.length):
        run = state.scanDelims(state.pos, True)
    for _ in range(run.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(ord(marker), run.length, len(state.tokens) - 1, -1, run.can_open, run.can_close)
        )
    state.pos += run.length
    return True


def keep_address(state: StateInline, silent: bool) -> bool:
    """A bare address is taken whole: what looks like a mark in it is none."""
    rest = ADDRESS.match(state.src, state.pos)
    if silent or not rest or not state.pending.endswith(("http", "https")):
        return False
    state.pending += rest[0]
    state.pos = rest.end()
    return True


def is_inside_word(text: str, begin: int, end: int) -> bool:
    around = text[max(0, begin - 1) : begin] + text[end : end + 1]
    return len(around) == 2 and around.isascii() and around.isalnum()


def draw_text(
    tokens: Sequence[Token], at: int, _options: Mapping[str, Any], env: dict[str, int]
) -> SafeString:
    """Words, with a link around every bare address that is not part of one."""
    inside = sum({"link_open": 1, "link_close": -1}.get(token.type, 0) for token in tokens[:at])
    return urlize(tokens[at].content, autoescape=True) if not inside else escaped(tokens[at].content)


def escaped(text: str) -> SafeString:
    return mark_safe(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S308


def make_parser() -> MarkdownIt:
    rules = ["emphasis", "backticks", "link", "newline", "list", "blockquote"]
    parser = MarkdownIt("zero", {"html": False, "breaks": True}).enable([*rules, "balance_pairs"])
    parser.inline.ruler.at("emphasis", mark_words)
    parser.inline.ruler.before("emphasis", "address", keep_address)
    parser.renderer.rules["text"] = draw_text
    parser.validateLink = lambda address: bool(REACHED.match(address))
    return parser


PARSER = make_parser()
