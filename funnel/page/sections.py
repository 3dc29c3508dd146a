"""The sections that only show an answer: the same on the team's page and on a shared one."""

from typing import Any

from funnel.page.filling import FilledTile, Tile, fill_tiles
from funnel.page.headline import say_headline, say_span, say_updated
from funnel.page.links import RowLinks
from funnel.page.markup import number_cells
from funnel.page.messages import messages_section
from funnel.page.tiles import SELF_SERVICE, TEAM
from funnel.page.week import week_section
from funnel.pictures.captions import end_rows, flow_rows, month_rows, picture_of_flow, picture_of_months
from funnel.report.answers import Answer, records_begin_late
from funnel.report.asking import Question


def report_of(question: Question, given: Answer, links: RowLinks, *, part: str) -> dict[str, Any]:
    """The sections of the page that only show the answer."""
    figures, before, period = given.figures, given.before, question.period
    missing = records_begin_late(question, given.records_since)
    told = None if missing else before

    def month_url(month: str, key: str) -> str:
        return links.month(month, key, question=question)

    def tiles(group: list[Tile]) -> list[FilledTile]:
        return fill_tiles(group, figures, before, incomplete_since=missing, url=links.figure)

    return {
        "figures": figures,
        "headline": say_headline(figures, told, question.compared, period=period, part=part),
        "span": say_span(period),
        "compared_span": say_span(question.compared),
        "updated": say_updated(given.age),
        "age": given.age,
        "updated_at": given.updated_at,
        "flow": picture_of_flow(figures, leading=links.flow),
        "ends": end_rows(figures, links.node),
        "flow_rows": flow_rows(figures, links.band),
        "bars": picture_of_months(figures),
        "month_rows": [row | {"cells": number_cells(row["cells"])} for row in month_rows(figures, month_url)],
        "messages_section": messages_section(figures, period, given.records_since),
        "week": week_section(figures, period.zone.key, links.hour),
        "self_service_tiles": tiles(SELF_SERVICE),
        "team_tiles": tiles(TEAM),
    }
