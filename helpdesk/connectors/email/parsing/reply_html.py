"""The new part of an HTML reply: the page turned to text with its quotes marked, then read by the rules for text.

`<blockquote>` and the wrappers of known mail programs become lines beginning with ">", a rule becomes a line of dashes; so
one set of rules (reply_text.py) decides for both formats.
"""

import re

from helpdesk.connectors.email.parsing.clean_html import is_nested_too_deep, orderly_html
from helpdesk.connectors.email.parsing.html_text import TextReader, tidy_lines
from helpdesk.connectors.email.parsing.reply_text import new_text_of

# containers that hold nothing but the mail that is answered
QUOTE_MARKS = re.compile(
    r"\b(yahoo_quoted|moz-cite-prefix|OutlookMessageHeader|divRplyFwdMsg|stopSpelling|appendonsend|mail-editor-reference-message-container|"
    r"zmail_extra|protonmail_quote|tutanota_quote|gmail_attr)\b"
)
# containers whose following siblings are history too: all to the end of the mail
CUT_MARKS = re.compile(
    r"\b(divRplyFwdMsg|stopSpelling|appendonsend|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION)\b"
)
CUT = "\ue000"  # a private character that no mail shows: from here on, history
# before a name that stands alone in the same block as a rule: when history begins at the rule, it is the signature
NAME_MARK = "\ue001"
NAME = re.compile(r"\s*[^\W\d_][^\W\d_.'-]{0,20}(?: [^\W\d_][^\W\d_.'-]{0,20}){0,2}\s*")
VOID = {"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source"}


def new_text_of_html(source: str) -> str:
    """The text the sender wrote this time, from the HTML of the mail. '' when there is none."""
    if not source.strip() or is_nested_too_deep(source):
        return ""
    reader = _QuoteReader()
    reader.feed(orderly_html(source))
    reader.close()
    text = new_text_of(tidy_lines("".join(reader.out)).partition(CUT)[0])
    above, _, last = text.rpartition("\n")
    if last.startswith(NAME_MARK) and above.strip():
        text = above.rstrip()
    return text.replace(NAME_MARK, "")


class _QuoteReader(TextReader):
    """The text reader that also knows how deep in quotes it is and prefixes such lines with '> '."""

    def __init__(self) -> None:
        super().__init__()
        self.open_tags: list[
            tuple[str, bool, int]
        ] = []  # name, is it a quote, where its text begins in `out`
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join(value or "" for name, value in attrs if name in {"class", "id", "name"})
        if CUT_MARKS.search(marks):
            self.out.append("\n" + CUT)
        quotes = tag == "blockquote" or bool(QUOTE_MARKS.search(marks))
        super().handle_starttag(tag, attrs)
        if tag == "hr":
            self._mark_name()
            self.out.append("-" * 20 + "\n")
        if tag not in VOID:
            self.open_tags.append((tag, quotes, len(self.out)))
            self.depth += quotes

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.open_tags) - 1, max(-1, len(self.open_tags) - 60), -1):
            if self.open_tags[at][0] == tag:
                super().handle_endtag(tag)
                self.depth -= sum(quotes for _, quotes, _ in self.open_tags[at:])
                del self.open_tags[at:]
                return
        if tag in VOID:
            super().handle_endtag(tag)

    def _mark_name(self) -> None:
        begin = self.open_tags[-1][2] if self.open_tags and not self.depth else len(self.out)
        text = "".join(self.out[begin:][:5])
        if len(self.out) - begin <= 5 and NAME.fullmatch(text):
            self.out[begin:] = [NAME_MARK + text.strip() + "\n"]

    def handle_data(self, data: str) -> None:
        if not self.depth:
            super().handle_data(data)
        elif not self.silent and data.strip():
            self._new_block("div")
            self.out.append("> " + re.sub(r"\s+", " ", data).strip() + "\n")
