"""The flow as an SVG picture, written on the server: no chart library, works in print and without scripts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from funnel.pictures.flow_layout import Band, Geometry, Layout, Link, Stop, lay_out
from funnel.pictures.svg import Palette, link, number, paint, palette_of, picture, tag, words
from funnel.sessions import nodes

HEAD = 44.0  # pixels above the flow for what was sent


@dataclass(frozen=True)
class FlowWords:
    """The words of the picture, already in the reader's language."""

    title: str
    description: str
    labels: dict[str, str]
    band: Callable[[str, str, int], str]  # source, target, sessions -> a sentence
    count: Callable[[int], str]
    share: Callable[[int], str]
    sent: str = ""  # what was sent before anybody sought help: messages, not people, so never a band
    sent_unit: str = ""


@dataclass(frozen=True)
class FlowLinks:
    """Where a band and a node lead; what is drawn for a file has none."""

    band: Callable[[str, str], str]  # source, target -> URL
    node: Callable[[str], str]


def draw_flow(
    links: Iterable[Link],
    *,
    text: FlowWords,
    geometry: Geometry | None = None,
    mirrored: bool = False,
    standalone: bool = False,
    dark: bool = False,
    leading: FlowLinks | None = None,
) -> str:
    """The picture as markup. `mirrored` for languages that read from the right; `standalone` for a file of its own,
    which may be `dark`: on the page the style sheet knows the theme. `leading`: bands and nodes are links."""
    geometry = geometry or Geometry(head=HEAD if text.sent else 0.0)
    layout = lay_out(links, geometry)
    palette = palette_of(standalone=standalone, dark=dark)
    pen = Pen(layout, text, mirrored, palette, leading)
    return picture(
        pen.sent() if text.sent else "",
        tag("g", *(pen.band(band) for band in layout.bands), class_="flow-bands"),
        tag("g", *(pen.node(stop) for stop in layout.nodes), class_="flow-nodes"),
        width=layout.width,
        height=layout.height,
        name="flow",
        title=text.title,
        description=text.description,
        palette=palette,
        has_links=leading is not None,
    )


@dataclass(frozen=True)
class Pen:
    """Turns places of the layout into markup, mirrored where asked."""

    layout: Layout
    text: FlowWords
    mirrored: bool
    palette: Palette | None
    leading: FlowLinks | None = None

    def x(self, x: float) -> float:
        return self.layout.width - x if self.mirrored else x

    def band(self, band: Band) -> str:
        family = nodes.FAMILY[band.target]
        told = self.text.band(band.source, band.target, band.value)
        drawn = tag(
            "path",
            tag("title", words(told)),
            class_=f"flow-band series--{family}",
            d=self.outline(band),
            fill=paint(family, self.palette),
            fill_opacity="0.35" if self.palette else None,
        )
        return link(drawn, self.leading.band(band.source, band.target), told) if self.leading else drawn

    def sent(self) -> str:
        """The figure above the first column, with its unit beneath."""
        first = tag("tspan", words(self.text.sent), class_="flow-count", **self.bold())
        lines = self.line(first, 0, 18), self.line(words(self.text.sent_unit), 0, 35)
        return tag("g", *lines, class_="flow-sent")

    def outline(self, band: Band) -> str:
        """Forward along the top edge, back along the lower one; straight across each slot."""
        start = self.layout.node_width
        bends = [(x0 + start, y0, x1, y1) for x0, y0, x1, y1 in band.bends]
        there = [f"M{self.point(bends[0][0], bends[0][1])}"]
        back = []
        for index, (x0, y0, x1, y1) in enumerate(bends):
            if index:
                there.append(f"L{self.point(x0, y0)}")
            there.append(self.curve(x0, y0, x1, y1))
            lower = self.curve(x1, y1 + band.thickness, x0, y0 + band.thickness)
            back.append(f"L{self.point(x1, y1 + band.thickness)}{lower}")
        return "".join([*there, *reversed(back), "Z"])

    def curve(self, x0: float, y0: float, x1: float, y1: float) -> str:
        middle = (x0 + x1) / 2
        return f"C{self.point(middle, y0)} {self.point(middle, y1)} {self.point(x1, y1)}"

    def point(self, x: float, y: float) -> str:
        return f"{number(float(self.x(x)))},{number(float(y))}"

    def node(self, stop: Stop) -> str:
        family = nodes.FAMILY[stop.node]
        width = self.layout.node_width
        bar = tag(
            "rect",
            x=self.x(stop.x + width) if self.mirrored else stop.x,
            y=stop.y,
            width=width,
            height=max(stop.height, 1.0),
            rx=2,
            class_=f"flow-node series--{family}",
            fill=paint(family, self.palette),
        )
        drawn = tag("g", bar, *self.label(stop), data_node=stop.node)
        if not self.leading:
            return drawn
        return link(drawn, self.leading.node(stop.node))  # its words are its name

    def label(self, stop: Stop) -> list[str]:
        """Above the node; of the last column beside it, on two lines."""
        name, count = self.text.labels[stop.node], self.text.count(stop.value)
        if stop.column < nodes.COLUMNS - 1:
            line = tag("tspan", words(count), class_="flow-count", **self.bold()) + words(f" {name}")
            return [self.line(line, stop.x, stop.y - 8)]
        middle = stop.y + stop.height / 2
        x = stop.x + self.layout.node_width + 10
        figures = tag("tspan", words(count), class_="flow-count", **self.bold())
        figures += tag("tspan", words(f" {self.text.share(stop.value)}"), class_="flow-share")
        return [self.line(figures, x, middle - 3), self.line(words(name), x, middle + 14)]

    def line(self, markup: str, x: float, y: float) -> str:
        return tag(
            "text",
            markup,
            x=float(self.x(x)),
            y=float(y),
            text_anchor="end" if self.mirrored else None,
            class_="flow-label",
            fill=paint("label", self.palette),
            font_size=13 if self.palette else None,
            **self.halo(),
        )

    def halo(self) -> dict[str, str]:
        """Keeps a label readable where a band runs behind it."""
        if not self.palette:
            return {}
        return {"stroke": self.palette["ground"], "stroke_width": "3", "paint_order": "stroke"}

    def bold(self) -> dict[str, str]:
        return {"font_weight": "600"} if self.palette else {}
