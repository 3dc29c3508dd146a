"""A desk in April 2026, and one signal it has."""

import pytest

from funnel.invest.desk import Desk
from funnel.invest.finding import find_signals
from funnel.models import Edition, Signal
from tests import factories
from tests.funnel.signals.rows import HOUR, NOW, add_conversations, at, make_edition


@pytest.fixture
def edition() -> Edition:
    return make_edition()


@pytest.fixture
def desk(edition) -> Desk:
    return Desk(edition, NOW)


@pytest.fixture
def slower(edition) -> Signal:
    """The signal that Billing became slower in March."""
    billing = factories.make_department("Billing").pk
    for month in (1, 2):
        add_conversations(edition, [600 + 10 * wait for wait in range(20)], at(month, 10), department=billing)
    add_conversations(edition, [2 * HOUR] * 25, at(3, 10), department=billing)
    return next(signal for signal in find_signals(NOW) if signal.kind == "department_slower")
