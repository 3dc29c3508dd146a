"""What the funnel has stored, in a shape that can be compared."""

from datetime import datetime

from funnel.models import Edition, SupportConversation, SupportSession, Tally
from funnel.report.figures import make_figures
from funnel.report.period import Period
from funnel.report.scope import EVERYTHING, Scope
from funnel.report.stored import gather_stored
from funnel.sessions.facts import History
from funnel.sessions.storing import CONVERSATION, SESSION, row_of_conversation, row_of_session, row_of_spam
from funnel.tallies.editions import current_edition

KEY = ("grain", "start", "channel", "department", "language", "agent", "tag")
PACKED = (
    "counts",
    "hours",
    "first_response",
    "first_response_business",
    "time_to_close",
    "time_to_close_business",
)


def rows_stored(edition: Edition) -> tuple[set, set]:
    """All rows of sessions and of conversations, without their numbers."""

    def read(model, columns) -> set:
        rows = model.objects.filter(edition=edition.facts_id).values_list(*columns)
        found = [tuple(tuple(value) if isinstance(value, list) else value for value in row) for row in rows]
        assert len(found) == len(set(found))
        return set(found)

    return read(SupportSession, SESSION), read(SupportConversation, CONVERSATION)


def rows_of(history: History) -> tuple[set, set]:
    conversations = {*map(row_of_conversation, history.conversations), *map(row_of_spam, history.spam)}
    return set(map(row_of_session, history.sessions)), conversations


def numbers_stored() -> set:
    """The rows' own numbers: they change where a row was written anew."""
    return {*SupportSession.objects.values_list("pk"), *SupportConversation.objects.values_list("pk")}


def tallies(edition: Edition) -> dict:
    rows = Tally.objects.filter(edition=edition).values_list(*KEY, *PACKED)
    return {row[: len(KEY)]: tuple(map(bytes, row[len(KEY) :])) for row in rows}


def figures_stored(period: Period, *, now: datetime, scope: Scope = EVERYTHING) -> dict:
    """The report as its readers have it."""
    return make_figures(gather_stored(current_edition(), period, scope, now=now), period, now=now)
