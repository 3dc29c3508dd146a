"""From the Markdown an agent writes to HTML that is safe to print."""

from dataclasses import dataclass

import nh3
from django.urls import reverse
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "img"),
    *("h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "ol": {"start"},
}
ARTICLE_LINK = "article:"
SCHEMES = {"http", "https", "mailto", "tel"}
PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@dataclass(frozen=True)
class Rendered:
    html: str  # safe
    headings: list[dict]  # {level, id, text} of the h2 and h3, for the table of contents
    plain: str  # the words alone, for search, snippets and meta descriptions


def render_article(body: str, language: str) -> Rendered:
    """Render Markdown. Headings start at h2 (the page owns the h1) and get ids that links can use.

    A link to `article:some-name` leads to that article in `language`, whatever its title is by then.
    """
    tokens = PARSER.parse(body)
    resolve_links(tokens, language)
    headings = name_headings(tokens)
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    safe = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return Rendered(safe, headings, plain_text(tokens))


def resolve_links(tokens: list[Token], language: str) -> None:
    for token in tokens:
        for child in token.children or []:
            target = str(child.attrs.get("href", ""))
            if target.startswith(ARTICLE_LINK):
                name, _, part = target.removeprefix(ARTICLE_LINK).partition("#")
                path = reverse("knowledge:article_by_name", args=[language, slugify(name) or "-"])
                child.attrSet("href", f"{path}#{part}" if part else path)


def name_headings(tokens: list[Token]) -> list[dict]:
    """Lower h1 to h2, cut below h4, give each heading a unique id; returns those for the table of contents."""
    headings: list[dict] = []
    taken: set[str] = set()
    for position, token in enumerate(tokens):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        level = min(max(int(token.tag[1]), 2), 4)
        token.tag = f"h{level}"
        if token.type == "heading_close":
            continue
        text = words_of(tokens[position + 1])
        name = unique_name(slugify(text, allow_unicode=True) or "part", taken)
        token.attrSet("id", name)
        if level < 4:
            headings.append({"level": level, "id": name, "text": text})
    return headings


def unique_name(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    taken.add(candidate)
    return candidate


def plain_text(tokens: list[Token]) -> str:
    blocks = [words_of(token) if token.type == "inline" else token.content for token in tokens]
    return "\n".join(block.strip() for block in blocks if block.strip())


def words_of(inline: Token) -> str:
    """The words of one inline token without their marks; an image gives its description."""
    pieces = []
    for child in inline.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            pieces.append(" ")
        elif child.type == "image":
            pieces.append(words_of(child))
        else:
            pieces.append(child.content)
    return "".join(pieces)
