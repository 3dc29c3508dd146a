"""Writing SVG by hand: escaped text, short numbers, and the colours of a picture that leaves the page.

On the page every colour comes from CSS classes (picture.css, the tokens, both themes). A downloaded file has no
style sheet, so there the same colours are written as attributes: those of the tokens by day or, asked for, by night.
"""

from functools import cache
from html import escape

Palette = dict[str, str]

LIGHT: Palette = {
    "source": "#737d7d",
    "articles": "#0c7a84",
    "bot": "#7262b7",
    "team": "#b86a0b",
    "team-after": "#6d4a27",
    "unsolved": "#c04448",
    "open": "#737d7d",
    "label": "#192225",
    "quiet": "#596467",
    "accent": "#07646e",
    "better": "#20663a",
    "worse": "#a52522",
    "line": "#e1e0da",
    "ground": "#ffffff",
}
DARK: Palette = {
    "source": "#879193",
    "articles": "#50bfbe",
    "bot": "#aa9eee",
    "team": "#ecad59",
    "team-after": "#edcca1",
    "unsolved": "#f28482",
    "open": "#879193",
    "label": "#ebeff0",
    "quiet": "#a1acad",
    "accent": "#63bfc2",
    "better": "#75d291",
    "worse": "#fd9a92",
    "line": "#283133",
    "ground": "#141a1c",
}
# The first two are the fonts of funnel/fonts/, in which our own PDF and PNG are set; a browser goes on to the next.
FONT = "'Helpdesk Sans', 'Helpdesk Sans SC', system-ui, 'Segoe UI', 'Noto Sans', 'PingFang SC', 'Noto Sans CJK SC', sans-serif"


def tag(name: str, *children: str, **attributes: object) -> str:
    """One element. Children are markup already; attributes are escaped, `_` in their names reads `-`."""
    written = "".join(
        f' {attribute(key)}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


@cache
def attribute(key: str) -> str:
    """The name of an attribute, from that of an argument."""
    return key.rstrip("_").replace("_", "-")


def link(drawn: str, url: str, name: str | None = None, **more: object) -> str:
    """Something drawn as a link, called `name` where it has no words of its own; without a URL as it is."""
    return tag("a", drawn, href=url, aria_label=name, **more) if url else drawn


def words(text: object) -> str:
    """Text as markup."""
    return escape(str(text), quote=False)


def number(value: object) -> str:
    """A coordinate to a hundredth, without needless zeros; anything else as it is."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def picture(
    *children: str,
    width: float,
    height: float,
    name: str,
    title: str,
    description: str,
    palette: Palette | None,
    has_links: bool = False,
) -> str:
    """The <svg> itself, announced as one image with its title and description; as a group where links are in it."""
    alone = {"xmlns": "http://www.w3.org/2000/svg", "font_family": FONT} if palette else {}
    ground = [tag("rect", width=width, height=height, fill=palette["ground"])] if palette else []
    return tag(
        "svg",
        tag("title", words(title), id=f"{name}-title"),
        tag("desc", words(description), id=f"{name}-description"),
        *ground,
        *children,
        **alone,
        class_=name,
        role="group" if has_links else "img",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        aria_labelledby=f"{name}-title {name}-description",
    )


def palette_of(*, standalone: bool, dark: bool) -> Palette | None:
    """The colours to write down; None where the page's style sheet gives them."""
    if not standalone:
        return None
    return DARK if dark else LIGHT


def paint(name: str, palette: Palette | None) -> str | None:
    """The fill or stroke attribute where no style sheet will colour the class."""
    return palette[name] if palette else None
