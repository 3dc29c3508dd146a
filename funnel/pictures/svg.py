"""Writing SVG by hand: escaped text, short numbers, and the colours of a picture that leaves the page.

On the page every colour comes from CSS classes (funnel.css, the tokens, both themes). A downloaded file has no
style sheet, so there the same families are written as attributes, on white.
"""

from html import escape

PALETTE = {
    "source": "#6b7679",
    "articles": "#19707e",
    "bot": "#7a62b3",
    "team": "#b3701d",
    "team-after": "#7a5423",
    "unsolved": "#bd4248",
    "open": "#7c868a",
    "label": "#1d2426",
    "line": "#d9d8d2",
    "ground": "#ffffff",
}
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'PingFang SC', 'Noto Sans CJK SC', sans-serif"


def tag(name: str, *children: str, **attributes: object) -> str:
    """One element. Children are markup already; attributes are escaped, `_` in their names reads `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def words(text: object) -> str:
    """Text as markup."""
    return escape(str(text), quote=False)


def number(value: object) -> str:
    """A coordinate to a hundredth, without needless zeros; anything else as it is."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def picture(
    *children: str, width: float, height: float, name: str, title: str, description: str, standalone: bool
) -> str:
    """The <svg> itself, announced as one image with its title and description."""
    alone = {"xmlns": "http://www.w3.org/2000/svg", "font_family": FONT} if standalone else {}
    ground = [tag("rect", width=width, height=height, fill=PALETTE["ground"])] if standalone else []
    return tag(
        "svg",
        tag("title", words(title), id=f"{name}-title"),
        tag("desc", words(description), id=f"{name}-description"),
        *ground,
        *children,
        **alone,
        class_=name,
        role="img",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        aria_labelledby=f"{name}-title {name}-description",
    )


def paint(family: str, *, standalone: bool) -> str | None:
    """The fill attribute where no style sheet will colour the class."""
    return PALETTE[family] if standalone else None
