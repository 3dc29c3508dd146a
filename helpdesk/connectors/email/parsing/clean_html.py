"""Strangers' HTML made safe to show beside our own.

nh3 (html5ever) does the parsing and the cutting. What survives: text structure, links, and images by https or cid. Styles,
classes, ids, forms, frames, scripts and every other scheme do not. Remote images are kept in the HTML; whether they are
fetched is the page's business (the content security policy decides).
"""

import re

import nh3

NAMES = """
a abbr b blockquote br caption center code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins
kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul
"""
TAGS = set(NAMES.split())
ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "width", "bgcolor"},
    "th": {"colspan", "rowspan", "width"},
    "table": {"border", "width", "cellpadding", "cellspacing"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
}
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
SILENT = {"script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math"}
LONGEST_HTML = 600_000
# Python's parser takes the square of the length over `<!--<!--<!--`; from this length on it gets what html5ever made of it.
LONGEST_AS_IT_IS = 60_000
LONGEST_READ = 250_000
MARKING = {"class", "id", "name"}  # by which mail programs mark quotes
# A browser nests no deeper than 512 either; beyond this the tree costs more than anyone will read.
DEEPEST_HTML = 500
OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
VOID = {
    "br",
    "img",
    "hr",
    "meta",
    "link",
    "input",
    "col",
    "area",
    "base",
    "wbr",
    "p",
    "li",
    "td",
    "tr",
    "th",
    "dd",
    "dt",
    "option",
}


def clean_html(source: str) -> str:
    """The safe part of `source`; '' for none, or for HTML nested past all sense (the text alternative is shown then)."""
    if not source.strip() or is_nested_too_deep(source):
        return ""
    return nh3.clean(
        source[:LONGEST_HTML],
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        clean_content_tags=SILENT,
        attribute_filter=_checked_attribute,
        link_rel="noopener noreferrer nofollow",
    )


def orderly_html(source: str) -> str:
    """`source` for a reader of text: as it is when short, else without comments, scripts and whatever is not closed."""
    if len(source) <= LONGEST_AS_IT_IS:
        return source
    return nh3.clean(
        source[:LONGEST_READ],
        tags=TAGS,
        attributes=dict.fromkeys(TAGS, MARKING) | {"img": {"alt", "src"}},
        clean_content_tags=SILENT,
        link_rel=None,
    )


def _checked_attribute(tag: str, name: str, value: str) -> str | None:
    """Images by https or from the mail itself only; a relative link from a mail leads nowhere."""
    if tag == "img" and name == "src":
        return value if re.match(r"\s*(https?:|cid:)", value, re.IGNORECASE) else None
    if tag == "a" and name == "href":
        return value if re.match(r"\s*(https?:|mailto:|tel:)", value, re.IGNORECASE) else None
    return value


def is_nested_too_deep(source: str) -> bool:
    """A cheap count of tags opened and not closed, before the real parser builds the tree."""
    depth = 0
    for closing, tag in OPENING.findall(source[:LONGEST_HTML]):
        if tag.lower() in VOID:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > DEEPEST_HTML:
            return True
    return False
