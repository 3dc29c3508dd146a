"""HTML as the lines that a person sees, each with the place in the source where it begins."""

from bisect import bisect_left
from typing import NamedTuple

from helpdesk.connectors.email.parsing.clean_html import is_nested_too_deep
from helpdesk.connectors.email.parsing.html_text import BLOCKS, TextReader


class HtmlLine(NamedTuple):
    text: str
    begin: int  # offset in the source: of the first tag or letter that belongs to this line


def read_html_lines(source: str) -> list[HtmlLine]:
    """The lines of `source` from top to bottom, [] for HTML nested past all sense. Never raises."""
    if is_nested_too_deep(source):
        return []
    reader = _PlaceReader(source)
    reader.feed(source)
    reader.close()
    return reader.lines()


class _PlaceReader(TextReader):
    """The text reader that notes how much text it had at each tag."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.row_starts = [0]
        for row in source.split("\n"):
            self.row_starts.append(self.row_starts[-1] + len(row) + 1)
        self.length = 0  # characters in `out`
        self.counted = 0  # pieces of `out` that are in `length`
        self.places: list[tuple[int, int]] = []  # (characters so far, offset in the source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        end = self._offset() + len(self.get_starttag_text() or "")
        self._note(end if tag in {"br", "hr"} else self._offset())

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag in BLOCKS:
            self._note(self.source.find(">", self._offset()) + 1 or len(self.source))

    def handle_data(self, data: str) -> None:
        self._note(self._offset())
        super().handle_data(data)

    def _offset(self) -> int:
        row, column = self.getpos()
        return self.row_starts[row - 1] + column

    def _note(self, offset: int) -> None:
        self.length += sum(len(piece) for piece in self.out[self.counted :])
        self.counted = len(self.out)
        self.places.append((self.length, offset))

    def lines(self) -> list[HtmlLine]:
        found = []
        at = 0
        for text in "".join(self.out).split("\n"):
            here = bisect_left(self.places, (at, -1))
            found.append(
                HtmlLine(
                    text.replace("\u00a0", " ").rstrip(),
                    self.places[here][1] if here < len(self.places) else len(self.source),
                )
            )
            at += len(text) + 1
        return found
