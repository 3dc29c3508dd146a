"""What a shared report shows: the sections of the report's page. The rows behind the figures are the team's alone."""

from typing import Any

from funnel.files.gathering import BREAKDOWNS
from funnel.files.kinds import KINDS
from funnel.invest.saved import savings_section
from funnel.models import SharedReport
from funnel.page.breakdown import breakdown_of
from funnel.page.filter_names import FilterNames, say_filters
from funnel.page.links import NO_LINKS
from funnel.page.sections import report_of
from funnel.report.answers import Answer
from funnel.report.asking import Question, QuestionForm


def sheet_of(question: Question, given: Answer, shared: SharedReport) -> dict[str, Any]:
    """The sections in the language that is active. By channel and department, never by teammate or tag: names of
    people, and words that the team wrote for itself, stay here."""
    form = QuestionForm()
    filters = FilterNames(form).of(question.words)
    return {
        "shared": shared,
        "question": question,
        "filters": filters,
        **report_of(question, given, NO_LINKS, part=say_filters(filters)),
        "savings": savings_section(question, given.figures)["words"],
        "files": [(kind, kind.upper()) for kind in KINDS],
        "breakdowns": [
            breakdown_of(form, question, NO_LINKS, by=by, sort="", given=given) for by in BREAKDOWNS
        ],
    }
