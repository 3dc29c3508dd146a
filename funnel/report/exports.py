"""The report as a file: the same unrounded numbers as JSON and as CSV."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from funnel.report.answers import Answer
from funnel.report.asking import Question
from funnel.report.period import Period

LISTS = ("links", "months", "hours", "csat_interval")


def as_json(answer: Answer, question: Question) -> dict[str, Any]:
    """The figures under the names of `manage.py funnel_report`, with those of the period they are compared with beside them."""
    return {
        **describe(question.period, answer),
        **answer.figures,
        "previous": {**days_of(question.compared), **answer.before},
    }


def describe(period: Period, answer: Answer) -> dict[str, str]:
    return {**days_of(period), "time_zone": period.zone.key, "now": answer.updated_at.isoformat()}


def days_of(period: Period) -> dict[str, str]:
    return {"since": period.since.isoformat(), "until": period.until.isoformat()}


def as_csv(answer: Answer, question: Question) -> str:
    """One table: what it is a figure of, its name, to where a link runs, the value, and the period before's."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["part", "name", "target", "value", "previous"])
    writer.writerows(
        ["period", name, "", word, ""] for name, word in describe(question.period, answer).items()
    )
    writer.writerows(figure_rows(answer))
    writer.writerows(link_rows(answer))
    writer.writerows(month_rows(answer))
    return file.getvalue()


def figure_rows(answer: Answer) -> Iterator[list[Any]]:
    for name, value in answer.figures.items():
        if name not in LISTS:
            yield ["figure", name, "", value, answer.before[name]]
    for index, bound in enumerate(("low", "high")):
        now, before = answer.figures["csat_interval"], answer.before["csat_interval"]
        yield ["figure", f"csat_interval_{bound}", "", now and now[index], before and before[index]]


def link_rows(answer: Answer) -> Iterator[list[Any]]:
    before = {(source, target): value for source, target, value in answer.before["links"]}
    for source, target, value in answer.figures["links"]:
        yield ["link", source, target, value, before.get((source, target), 0)]


def month_rows(answer: Answer) -> Iterator[list[Any]]:
    for row in answer.figures["months"]:
        for name, value in row.items():
            if name not in {"month", "so_far"}:
                yield ["month", row["month"], name, value, ""]
