"""Telling HTML in which nothing can act, letter by letter, so that it need not be cleaned.

No parser is asked, since two parsers may read one document in two ways: only markup of so plain a form counts that all of
them agree on it. Whatever is written otherwise is not inert, harmless as it may be.
"""

import html
import re

VALUE = r"""(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+)"""
TAG = re.compile(rf"</?([a-z][a-z0-9]*)((?:\s+[a-z][a-z-]*(?:\s*=\s*{VALUE})?)*)\s*/?>", re.IGNORECASE)
ATTRIBUTE = re.compile(rf"\s+([a-z][a-z-]*)(?:\s*=\s*({VALUE}))?", re.IGNORECASE)
ASIDE = re.compile(r"<!doctype\s[^<>]*>|<!--(?!-?>)(?:(?!--)[^<>])*-->", re.IGNORECASE)

ELEMENTS = re.compile(
    "html|head|title|meta|body|p|br|hr|div|span|center|font|b|i|u|s|em|strong|small|big|su[bp]|tt|code|pre|blockquote|h[1-6]"
    "|ul|ol|li|dl|dt|dd|a|img|table|caption|col(group)?|t(head|body|foot|r|d|h)|address|del|ins"
)
LINKS = re.compile("href|src|background")
ATTRIBUTES = re.compile(
    f"{LINKS.pattern}|a?link|vlink|align|alt|bgcolor|border|cell(padding|spacing)|charset|class|clear|color|cols|(col|row)span"
    "|content|dir|face|height|[hv]space|http-equiv|id|lang|name|nowrap|rows|size|start|style|text|title|type|valign|width"
)
SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:|cid:|#)[^\s]*", re.IGNORECASE)
ACTING_STYLE = re.compile(r"[\\@]|/\*|url|expression|behavio|binding|script|import", re.IGNORECASE)


def is_inert(source: str) -> bool:
    """Is all of it text and plain elements, without anything that runs, loads styles, sends or leads elsewhere than links do?

    Time grows with the length: no part of the text is looked at twice.
    """
    at = 0
    while (begin := source.find("<", at)) >= 0:
        end = end_of_markup(source, begin)
        if end is None:
            return False
        at = end
    return "\x00" not in source


def end_of_markup(source: str, begin: int) -> int | None:
    """Where the plain tag, comment or doctype at `begin` ends; None where there is none."""
    if aside := ASIDE.match(source, begin):
        return aside.end()
    tag = TAG.match(source, begin)
    return tag.end() if tag and is_plain(tag[1].lower(), tag[2]) else None


def is_plain(element: str, attributes: str) -> bool:
    if not ELEMENTS.fullmatch(element):
        return False
    return all(is_harmless(name.lower(), value) for name, value in ATTRIBUTE.findall(attributes))


def is_harmless(name: str, value: str) -> bool:
    value = html.unescape(value.strip("\"'")).strip()
    if not ATTRIBUTES.fullmatch(name):
        return False
    if LINKS.fullmatch(name):
        return not value or bool(SAFE_LINK.fullmatch(value))
    if name == "http-equiv":
        return value.lower() == "content-type"
    return name != "style" or not ACTING_STYLE.search(value)
