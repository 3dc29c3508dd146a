"""A question and its answer as the page of a file, in the language that is active."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from funnel.files.contents import ReportPage, Table
from funnel.page.breakdown import COLUMNS, TABS, has_human_part, names_of
from funnel.page.filling import DURATION, say
from funnel.page.filter_names import FilterNames, say_filters
from funnel.report.answers import Answer, parts, records_begin_late
from funnel.report.asking import Question, QuestionForm
from funnel.report.breakdown import CHANNEL, DEPARTMENT
from helpdesk.people.models import Workspace

# Files leave the house, so they name no teammate and no tag.
BREAKDOWNS = {DEPARTMENT: _("By department"), CHANNEL: _("By channel")}
ROWS_AT_MOST = 30
NAME_WIDTH, DURATION_WIDTH = 2.0, 1.4  # where a column of other numbers is 1


def gather_page(question: Question, given: Answer) -> ReportPage:
    """All that a file shows. The tables are asked for here: an answer holds only the whole."""
    form = QuestionForm(question.words)
    return ReportPage(
        workspace=Workspace.get().name,
        period=question.period,
        compared=question.compared,
        figures=given.figures,
        before=given.before,
        updated_at=given.updated_at,
        incomplete_since=records_begin_late(question, given.records_since),
        part=say_filters(FilterNames(form).of(question.words)),
        tables=[breakdown_table(form, question, given, by) for by in BREAKDOWNS],
    )


def breakdown_table(form: QuestionForm, question: Question, given: Answer, by: str) -> Table:
    """The human part by department or channel, with the columns of the page."""
    rows = [row for row in parts(question, by, given=given) if has_human_part(row["figures"])][:ROWS_AT_MOST]
    names = names_of(form, by, [row["key"] for row in rows])
    return Table(
        title=str(BREAKDOWNS[by]),
        head=[str(TABS[by]), *(str(column.label) for column in COLUMNS)],
        rows=[[names(row["key"]), *cells_of(row)] for row in rows],
        numbers=[False, *(True for column in COLUMNS)],
        widths=[NAME_WIDTH, *(DURATION_WIDTH if column.unit == DURATION else 1 for column in COLUMNS)],
    )


def cells_of(row: dict[str, Any]) -> list[str]:
    return [say(column, row["figures"]) for column in COLUMNS]
