"""What is read from stored tallies is what the ledger says, for every period, part of the desk and split."""

from collections import Counter
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.report.answers import from_ledger, from_tallies
from funnel.report.asking import Question
from funnel.report.breakdown import DIMENSIONS, break_down
from funnel.report.exact import MOST
from funnel.report.period import Period
from funnel.report.scope import EVERYTHING, Scope
from funnel.report.stored import DAY, MONTH, Stretch, is_small, stretches_of
from funnel.tallies.editions import current_edition
from funnel.tallies.refresh import refresh_now
from helpdesk import clock
from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Ticket
from tests.funnel.histories import END, IN_A_DATABASE, JANUARY, ROME
from tests.funnel.test_against_oracle import histories, moments_after
from tests.funnel.test_golden import FIGURES
from tests.funnel.test_replay_against_oracle import told

UNTOLD = {"hours", "months"}  # compared by themselves


def days(since: str, until: str) -> Period:
    return Period(date.fromisoformat(since), date.fromisoformat(until), ROME)


PERIODS = [
    days("2026-03-01", "2026-03-31"),
    days("2026-02-01", "2026-04-30"),
    days("2026-02-26", "2026-03-29"),
    days("2026-03-27", "2026-03-30"),
    days("2025-04-01", "2026-03-31"),
]


@pytest.mark.parametrize(
    ("period", "stretches"),
    [
        (JANUARY, [Stretch(MONTH, date(2026, 1, 1), date(2026, 1, 1))]),
        (days("2026-01-02", "2026-01-31"), [Stretch(DAY, date(2026, 1, 2), date(2026, 1, 31))]),
        (
            days("2025-12-31", "2026-03-01"),
            [
                Stretch(DAY, date(2025, 12, 31), date(2025, 12, 31)),
                Stretch(MONTH, date(2026, 1, 1), date(2026, 2, 1)),
                Stretch(DAY, date(2026, 3, 1), date(2026, 3, 1)),
            ],
        ),
        (days("2026-01-20", "2026-02-10"), [Stretch(DAY, date(2026, 1, 20), date(2026, 2, 10))]),
        (days("2024-02-01", "2024-02-29"), [Stretch(MONTH, date(2024, 2, 1), date(2024, 2, 1))]),
    ],
)
def test_a_period_is_made_of_whole_months_and_of_the_days_that_are_left(period, stretches):
    assert stretches_of(period) == stretches


def test_the_golden_january_stands_in_the_tallies(january):
    figures = from_tallies(january, Question(JANUARY, JANUARY.previous(), EVERYTHING, {}), now=END).figures
    assert {figure: figures[figure] for figure in FIGURES} == FIGURES


def test_medians_are_exact_as_long_as_there_are_few(january):
    question = Question(JANUARY, JANUARY.previous(), EVERYTHING, {})
    assert MOST == 20_000
    assert from_tallies(january, question, now=END).figures["medians_are_exact"]


def same(period: Period, scope: Scope, now: datetime) -> None:
    question = Question(period, period.previous(), scope, {})
    stored, known = from_tallies(current_edition(), question, now=now), from_ledger(question, now=now)
    for ours, ledgers in ((stored.figures, known.figures), (stored.before, known.before)):
        ours, ledgers = dict(ours), dict(ledgers)
        for row in (*ours["months"], *ledgers["months"]):
            row.pop("people")
        assert ours == ledgers
    assert stored.records_since == known.records_since


def scopes() -> st.SearchStrategy[Scope]:
    departments = st.sampled_from([None, 1, 2, 3])
    return st.builds(
        Scope,
        channels=st.frozensets(st.sampled_from(["webchat", "email", "help"]), max_size=2),
        departments=st.frozensets(departments, max_size=2),
        languages=st.frozensets(st.sampled_from(["it", ""]), max_size=1),
        tag=st.sampled_from(["", "", "vip"]),
    )


def give_traits(data: st.DataObject) -> None:
    """Languages and tags, which no line tells."""
    for ticket in Ticket.objects.all():
        ticket.language = data.draw(st.sampled_from(["it", "en", ""]))
        ticket.tags = data.draw(st.sampled_from([[], ["vip"], ["vip", "refund"], ["refund"]]))
        ticket.save()


def refresh_in_rome() -> None:
    Workspace.get()
    Workspace.objects.update(time_zone="Europe/Rome")
    refresh_now()


@pytest.mark.django_db
@settings(IN_A_DATABASE, max_examples=20)
@given(data=st.data())
def test_no_history_is_found_whose_tallies_differ_from_its_ledger(outbox, data):
    lines = data.draw(histories())
    now = data.draw(moments_after(lines))
    with told(lines, now), clock.frozen_at(now):
        give_traits(data)
        refresh_in_rome()
        for period in PERIODS:
            same(period, EVERYTHING, now)
            same(period, data.draw(scopes()), now)


@pytest.mark.django_db
@settings(IN_A_DATABASE, max_examples=12)
@given(data=st.data())
def test_the_parts_of_a_breakdown_are_the_reports_of_these_parts(outbox, data):
    lines = data.draw(histories())
    now = data.draw(moments_after(lines))
    with told(lines, now), clock.frozen_at(now):
        give_traits(data)
        refresh_in_rome()
        edition, period, scope = current_edition(), data.draw(st.sampled_from(PERIODS)), data.draw(scopes())
        whole = from_tallies(edition, Question(period, period.previous(), scope, {}), now=now).figures
        for by in DIMENSIONS:
            rows = break_down(
                edition, period, scope, by, now=now, is_exact=is_small(edition, period, now=now)
            )
            sums = Counter()
            for row in rows:
                figures = row["figures"]
                sums.update(
                    {key: figures[key] for key in ("sessions", "new", "replied", "closed", "ratings")}
                )
                if by in ("channel", "department", "language"):
                    part = narrowed(scope, by, row["key"])
                    alone = from_tallies(edition, Question(period, period.previous(), part, {}), now=now)
                    assert figures == {key: alone.figures[key] for key in figures}
            if by in ("channel", "department", "language"):
                assert dict(+sums) == {key: whole[key] for key in dict(+sums)}
            if by == "agent":
                assert sums["replied"] == whole["replied"]


def narrowed(scope: Scope, by: str, key: str) -> Scope:
    value = (None if key == "none" else int(key)) if by == "department" else key
    fields = {"channel": "channels", "department": "departments", "language": "languages"}
    known = {name: getattr(scope, name) for name in ("channels", "departments", "languages", "tag")}
    return Scope(**{**known, fields[by]: frozenset({value})})
