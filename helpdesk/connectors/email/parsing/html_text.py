"""HTML to plain text: what a person would read, one block a line. For mails without a text part, and for search."""

import re
from html.parser import HTMLParser

from helpdesk.connectors.email.parsing.charsets import safe_text
from helpdesk.connectors.email.parsing.clean_html import is_nested_too_deep, orderly_html

NAMES = """
address article blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main ol p pre
section table tr ul
"""
BLOCKS = set(NAMES.split())
SILENT = {"script", "style", "title", "noscript", "template", "head"}
SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table", "pre"}


def html_to_text(source: str) -> str:
    """The readable text of `source`, blocks on lines of their own, paragraphs a blank line apart. Never raises."""
    if not source.strip() or is_nested_too_deep(source):
        return ""
    reader = TextReader()
    reader.feed(orderly_html(source))
    reader.close()
    return tidy_lines("".join(reader.out))


def tidy_lines(text: str) -> str:
    text = "\n".join(line.rstrip(" \t\u00a0") for line in safe_text(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.silent = 0
        self.in_pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag == "body":
            self.silent = 0
        elif tag == "br":
            self.out.append("\n")
        elif tag == "img" and not self.silent:
            self.out.append(dict(attrs).get("alt") or "")
        elif tag in BLOCKS:
            self._new_block(tag)
        elif tag in {"td", "th"}:
            self.out.append(" ")
        self.in_pre += tag == "pre"
        if tag == "li":
            self.out.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in BLOCKS:
            self._new_block(tag)
        if tag == "pre":
            self.in_pre = max(0, self.in_pre - 1)

    def _new_block(self, tag: str) -> None:
        so_far = "".join(self.out[-3:])
        if so_far and not so_far.endswith("\n"):
            self.out.append("\n")
        if tag in SPACED and not so_far.endswith("\n\n"):
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if not self.in_pre:
            data = re.sub(r"[ \t\r\n\f]+", " ", data)
            if self.out and self.out[-1].endswith(("\n", " ")):
                data = data.lstrip(" ")
        if data:
            self.out.append(data)
