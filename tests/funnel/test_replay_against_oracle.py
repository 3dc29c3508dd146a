"""Histories that Hypothesis makes up, through the product's verbs, against the brute-force oracle."""

import json
from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.replay import replay
from funnel.sessions.reading import read_history
from helpdesk.tickets.delivery import transport_for
from tests.funnel import oracle
from tests.funnel.histories import make_report
from tests.funnel.test_against_oracle import MARCH, histories, moments_after

WORKSPACE = {"workspace": {"timezone": "Europe/Rome", "hours": [[0, "09:00", "18:00"]], "holidays": []}}


def report_of(lines: list[dict], now: datetime) -> dict:
    """Told into an empty database, reported, and taken back."""
    with transaction.atomic():
        replay(json.dumps(line) for line in [WORKSPACE, *lines])
        report = make_report(read_history(now=now), MARCH, now=now)
        transaction.set_rollback(True)
    return report


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_verbs_leave_the_history_that_was_told(outbox, data):
    lines = data.draw(histories())
    now = data.draw(moments_after(lines))
    transport_for.cache_clear()
    expected = oracle.reckon(lines, MARCH.start, MARCH.end, now)
    flows = expected.pop("flows")
    report = report_of(lines, now)
    assert {key: report[key] for key in expected} == expected
    assert {(source, target): value for source, target, value in report["links"]} == flows
