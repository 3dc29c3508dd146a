"""Histories that Hypothesis makes up, through the product's verbs, against the brute-force oracle."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from funnel.replay import replay
from funnel.report.scope import EVERYTHING, Scope
from funnel.sessions.facts import History
from funnel.sessions.reading import read_history
from helpdesk.people.models import Contact
from helpdesk.tickets.delivery import transport_for
from routing.models import Department
from tests.funnel.histories import IN_A_DATABASE, make_report
from tests.funnel.test_against_oracle import (
    DEPARTMENTS,
    PERIODS,
    assert_agreement,
    histories,
    moments_after,
    oracles_figures,
)

WORKSPACE = {"workspace": {"timezone": "Europe/Rome", "hours": [[0, "09:00", "18:00"]], "holidays": []}}


@contextmanager
def told(lines: list[dict], now: datetime) -> Iterator[History]:
    """Told into an empty database, read from its ledger, and taken back."""
    transport_for.cache_clear()
    with transaction.atomic():
        replay(json.dumps(line) for line in [WORKSPACE, *lines])
        yield read_history(now=now)
        transaction.set_rollback(True)


def scope_of(department: str | None) -> Scope:
    """A department that nothing was ever in is no row: a number nobody has stands for it."""
    if department is None:
        return Scope(departments=frozenset({None}))
    found = Department.objects.filter(name=department).first()
    return Scope(departments=frozenset({found.pk if found else -1}))


@pytest.mark.django_db
@settings(IN_A_DATABASE, max_examples=25)
@given(data=st.data())
def test_the_verbs_leave_the_history_that_was_told(outbox, data):
    period = data.draw(st.sampled_from(PERIODS))
    lines = data.draw(histories(period))
    now = data.draw(moments_after(lines))
    with told(lines, now) as history:
        report = make_report(history, period, now=now, scope=EVERYTHING)
        assert_agreement(report, oracles_figures(lines, period, now))
        for department in (*DEPARTMENTS, None):
            part = make_report(history, period, now=now, scope=scope_of(department))
            assert_agreement(part, oracles_figures(lines, period, now, department))


@pytest.mark.django_db
@settings(IN_A_DATABASE, max_examples=10)
@given(data=st.data())
def test_it_is_the_same_history_whenever_a_merge_was_said(outbox, data):
    """Two people are found to be one: now, or long after all they did. The report as of then is the same."""
    lines = data.draw(histories(joining=False))  # two people's chats can't be merged before they are one
    said = [line for line in lines if line["kind"] in ("merged", "identified")]
    assume(said)
    rest = [line for line in lines if line not in said]
    last = datetime.fromisoformat(lines[-1]["at"])
    late = [line | {"at": (last + timedelta(minutes=1)).isoformat()} for line in said]
    now = last + timedelta(days=9)
    with told(lines, now) as history:
        at_once = make_report(history, PERIODS[0], now=now)
        people = Contact.objects.standing().count()
    with told([*rest, *late], now) as history:
        assert make_report(history, PERIODS[0], now=now) == at_once
        assert Contact.objects.standing().count() == people
