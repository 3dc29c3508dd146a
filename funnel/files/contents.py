"""What a file of the report shows, in the reader's words: plain data for the sheets, made of the page's own figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from funnel.page.filling import FilledTile, Tile, fill_tile, fill_tiles
from funnel.page.headline import say_headline, say_span
from funnel.page.tiles import SELF_SERVICE, TEAM
from funnel.pictures.captions import (
    MONTH_PARTS,
    flow_rows,
    month_rows,
    picture_of_flow,
    picture_of_months,
    say_flow,
    say_months,
)
from funnel.pictures.svg import DARK, LIGHT
from funnel.report.period import Period
from funnel.sessions import nodes

NO_BREAK = "\u00a0"
AT_THE_HEAD = ("self_service_share", "sessions", "median_first_response", "csat")


@dataclass(frozen=True)
class Table:
    """A table in words. `numbers` says of each column whether it holds numbers, `widths` their shares of the page."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[bool]
    widths: Sequence[float]
    is_narrow: bool = False  # and may be printed as two halves beside each other


@dataclass(frozen=True)
class ReportPage:
    """A report, answered. `incomplete_since` is the day our records begin where they miss a part of `compared`.

    `part` is the part of the desk that was asked for, empty for all of it; `tables` are shown as they are, after the months.
    Both in words of the language that the file is drawn in.
    """

    workspace: str
    period: Period
    compared: Period
    figures: dict[str, Any]
    before: dict[str, Any]
    updated_at: datetime
    incomplete_since: date | None = None
    part: str = ""
    tables: Sequence[Table] = ()


def picture_contents(page: ReportPage, *, dark: bool) -> dict[str, Any]:
    """The flow with its title, in the language that is active."""
    figures = page.figures
    told = None if page.incomplete_since else page.before
    return {
        "title": _("Funnel"),
        "language": language_of(get_language()),
        "colours": DARK if dark else LIGHT,
        "workspace": page.workspace,
        "headline": say_headline(figures, told, page.compared, period=page.period, part=page.part),
        "span": _("%(span)s, days of %(zone)s")
        % {"span": say_span(page.period), "zone": page.period.zone.key},
        "reckoned": say_moment(page.updated_at.astimezone(page.period.zone)),
        "flow": {"svg": picture_of_flow(figures, standalone=True, dark=dark), "alt": say_flow(figures)},
    }


def report_contents(page: ReportPage) -> dict[str, Any]:
    """The whole report, in the language that is active."""
    tiles = {tile.key: tile for tile in (*SELF_SERVICE, *TEAM)}
    head = [fill(tiles[key], page) for key in AT_THE_HEAD if key in tiles]
    tables = [*page.tables, flow_table(page.figures)]
    return {
        **picture_contents(page, dark=False),
        "tiles": [words_of(tile) for tile in head],
        "figures": [
            figure_table(_("Self-service"), SELF_SERVICE, page),
            figure_table(_("The team"), TEAM, page),
        ],
        "months": {
            **sheet(month_table(page.figures)),
            "picture": months_picture(page.figures),
            "legend": [
                {"words": str(nodes.LABEL[part]), "colour": nodes.FAMILY[part]} for part in MONTH_PARTS
            ],
        },
        "tables": [sheet(table) for table in tables if table.rows],
    }


def fill(tile: Tile, page: ReportPage) -> FilledTile:
    return fill_tile(tile, page.figures, page.before, page.incomplete_since)


def words_of(tile: FilledTile) -> dict[str, str]:
    return {
        "label": tile.label,
        "figure": tile.figure,
        "change": say_movement(tile),
        "colour": tile.verdict or "quiet",
    }


def say_movement(tile: FilledTile) -> str:
    arrow = {"arrow-up": "↑ ", "arrow-down": "↓ "}.get(tile.arrow, "")
    return arrow + tile.change_words


def figure_table(title: str, tiles: list[Tile], page: ReportPage) -> dict[str, Any]:
    filled = fill_tiles(tiles, page.figures, page.before, incomplete_since=page.incomplete_since)
    return sheet(
        Table(
            title=title,
            head=[
                _("Figure"),
                _("This period"),
                pgettext("figure", "Before"),
                pgettext("figure", "Change"),
                _("What it means"),
            ],
            rows=[figure_row(tile) for tile in filled],
            numbers=[False, True, True, False, False],
            widths=[1.75, 1.25, 1.25, 1.9, 4.8],
        )
    )


def figure_row(tile: FilledTile) -> list[Any]:
    change = {"words": say_movement(tile), "colour": tile.verdict or "label"}
    aside = _("%(sentence)s.") % {"sentence": tile.aside} + " " if tile.aside else ""
    meaning = {"words": aside, "more": tile.meaning}
    return [tile.label, tile.figure, tile.before, change, meaning]


def flow_table(figures: dict[str, Any]) -> Table:
    return Table(
        title=_("The flow as a table"),
        head=[pgettext("flow", "From"), pgettext("flow", "To"), _("People"), _("Share")],
        rows=[
            [str(row["source"]), str(row["target"]), row["count"], row["share"]] for row in flow_rows(figures)
        ],
        numbers=[False, False, True, True],
        widths=[2.4, 2.6, 0.8, 0.8],
        is_narrow=True,
    )


def month_table(figures: dict[str, Any]) -> Table:
    keys = (
        "sessions",
        "self_service",
        "resolved_by_articles",
        "resolved_by_bot",
        "team",
        "resolved_outright",
        "resolved_after_self_service",
    )
    return Table(
        title=_("Month by month"),
        head=[
            _("Month"),
            _("People"),
            _("Self-service"),
            _("Articles"),
            _("Bot"),
            _("Team"),
            _("Solved outright"),
            _("Solved after self-service"),
        ],
        rows=[[say_month_of(row), *(row[key] for key in keys)] for row in month_rows(figures)],
        numbers=[False, *(True for _key in keys)],
        widths=[1.6, *(1 for _key in keys)],
    )


def say_month_of(row: dict[str, Any]) -> str:
    return f"{row['month']}, {_('so far')}" if row["so_far"] else row["month"]


def months_picture(figures: dict[str, Any]) -> dict[str, str]:
    return {"svg": picture_of_months(figures, standalone=True), "alt": say_months(figures)}


def sheet(table: Table) -> dict[str, Any]:
    head = [
        {"words": words, "number": is_number}
        for words, is_number in zip(table.head, table.numbers, strict=True)
    ]
    return {
        "title": table.title,
        "head": head,
        "rows": [
            [whole(cell) if is_number else cell for cell, is_number in zip(row, table.numbers, strict=True)]
            for row in table.rows
        ],
        "widths": table.widths,
        "narrow": table.is_narrow,
    }


def whole(number: str) -> str:
    """A figure that no line may break: 13 min 30 s."""
    return number.replace(" ", NO_BREAK)


def say_moment(at: datetime) -> str:
    return _("Figures of %(day)s, %(time)s") % {
        "day": format_date(at, _("j F Y")),
        "time": format_date(at, "H:i"),
    }


def language_of(code: str | None) -> dict[str, str | None]:
    """As Typst knows them: a language, and the region where the writing depends on it."""
    return (
        {"code": "zh", "region": "cn"} if code == "zh-hans" else {"code": (code or "en")[:2], "region": None}
    )
