"""From the ledger to rows and tallies: what a refresh leaves is what one reckoning of the whole would."""

from datetime import datetime, timedelta

import pytest

from funnel.models import DirtyDay, Edition, SupportConversation, SupportSession, Tally
from funnel.replay import replay
from funnel.report.figures import make_figures
from funnel.report.period import Period
from funnel.report.scope import EVERYTHING
from funnel.report.stored import gather_stored
from funnel.sessions.reading import read_history
from funnel.sessions.storing import CONVERSATION, SESSION, row_of_conversation, row_of_session, row_of_spam
from funnel.tallies.editions import current_edition
from funnel.tallies.refresh import refresh
from tests.funnel.histories import GOLDEN, golden_expected
from tests.funnel.test_golden import END, JANUARY

pytestmark = pytest.mark.django_db
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
        return {tuple(tuple(value) if isinstance(value, list) else value for value in row) for row in rows}

    return read(SupportSession, SESSION), read(SupportConversation, CONVERSATION)


def rows_wanted(now: datetime, edition: Edition) -> tuple[set, set]:
    history = read_history(now=now, rules=edition.rules)
    conversations = {*map(row_of_conversation, history.conversations), *map(row_of_spam, history.spam)}
    return set(map(row_of_session, history.sessions)), conversations


def tallies(edition: Edition) -> dict:
    rows = Tally.objects.filter(edition=edition)
    keys = ("grain", "start", "channel", "department", "language", "agent", "tag")
    return {row[: len(keys)]: tuple(map(bytes, row[len(keys) :])) for row in rows.values_list(*keys, *PACKED)}


def figures_stored(period: Period, *, now: datetime) -> dict:
    return make_figures(gather_stored(current_edition(), period, EVERYTHING, now=now), period, now=now)


@pytest.fixture
def january(outbox):
    with (GOLDEN / "january.jsonl").open() as lines:
        replay(lines)


def test_the_golden_january_comes_out_of_the_stored_tallies(january):
    refresh(END)
    expected = golden_expected()
    del expected["arguments"]
    interval = expected.pop("csat_interval")
    given = figures_stored(JANUARY, now=END)
    assert {key: given[key] for key in expected} == expected
    assert [round(bound, 3) for bound in given["csat_interval"]] == interval


def test_the_rows_are_the_history(january):
    refresh(END)
    edition = current_edition()
    assert rows_stored(edition) == rows_wanted(END, edition)
    assert len(rows_stored(edition)[1]) == 9
    assert not DirtyDay.objects.exists()
    assert (edition.reckoned_at, edition.done) == (END, edition.steps)


def test_a_second_refresh_changes_nothing(january):
    refresh(END)
    ids = set(SupportSession.objects.values_list("pk")) | set(SupportConversation.objects.values_list("pk"))
    before = tallies(current_edition())
    refresh(END + timedelta(seconds=20))
    assert tallies(current_edition()) == before
    assert ids == set(SupportSession.objects.values_list("pk")) | set(
        SupportConversation.objects.values_list("pk")
    )
