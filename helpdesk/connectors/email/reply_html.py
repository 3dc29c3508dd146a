"""The new part of an HTML reply: the page turned to text with its quotes marked, then read by the rules for text.

`<blockquote>` and the wrappers of known mail programs become lines beginning with ">", a rule becomes a line of dashes; so
one set of rules (reply_text.py) decides for both formats.
"""

import re

from helpdesk.connectors.email.clean_html import LONGEST_HTML, is_nested_too_deep
from helpdesk.connectors.email.html_text import TextReader, tidy_lines
from helpdesk.connectors.email.reply_text import new_text_of

# containers that hold nothing but the mail that is answered
QUOTE_MARKS = re.compile(
    r"\b(yahoo_quoted|moz-cite-prefix|OutlookMessageHeader|divRplyFwdMsg|stopSpelling|appendonsend|mail-editor-reference-message-container|"
    r"zmail_extra|protonmail_quote|tutanota_quote|gmail_attr)\b"
)
# containers whose following siblings are history too: all to the end of the mail
CUT_MARKS = re.compile(
    r"\b(divRplyFwdMsg|stopSpelling|appendonsend|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION)\b"
)
TOP_BORDER = re.compile(
    r"border(-top)?(-style|-width)?:\s*(none;\s*border-top:\s*)?[^;]*(solid|1px|1\.0pt)", re.IGNORECASE
)
CUT = "\ue000"  # a private character that no mail shows: from here on, history
VOID = {"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source"}


def new_text_of_html(source: str) -> str:
    """The text the sender wrote this time, from the HTML of the mail. '' when there is none."""
    if not source.strip() or is_nested_too_deep(source):
        return ""
    reader = _QuoteReader()
    reader.feed(source[:LONGEST_HTML])
    reader.close()
    text = tidy_lines("".join(reader.out)).partition(CUT)[0]
    return new_text_of(text)


class _QuoteReader(TextReader):
    """The text reader that also knows how deep in quotes it is and prefixes such lines with '> '."""

    def __init__(self) -> None:
        super().__init__()
        self.open_tags: list[tuple[str, bool]] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join(value or "" for name, value in attrs if name in {"class", "id", "name"})
        if CUT_MARKS.search(marks):
            self.out.append("\n" + CUT)
        quotes = tag == "blockquote" or bool(QUOTE_MARKS.search(marks))
        super().handle_starttag(tag, attrs)
        if tag == "hr":
            self.out.append("-" * 20 + "\n")
        if tag not in VOID:
            self.open_tags.append((tag, quotes))
            self.depth += quotes

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.open_tags) - 1, max(-1, len(self.open_tags) - 60), -1):
            if self.open_tags[at][0] == tag:
                super().handle_endtag(tag)
                self.depth -= sum(quotes for _, quotes in self.open_tags[at:])
                del self.open_tags[at:]
                return
        if tag in VOID:
            super().handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not self.depth:
            super().handle_data(data)
        elif not self.silent and data.strip():
            self._new_block("div")
            self.out.append("> " + re.sub(r"\s+", " ", data).strip() + "\n")
