"""The desk whose report is tested: the golden January of one shop, as its leader sees it."""

from collections.abc import Iterator

import pytest
from django.test import Client

from funnel.models import Edition
from funnel.replay import replay
from funnel.tallies.editions import current_edition
from funnel.tallies.refresh import refresh_now
from helpdesk import clock
from tests import factories
from tests.funnel.histories import END, GOLDEN
from tests.kept_rows import KeptRows


def tell_and_reckon() -> None:
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    refresh_now()


JANUARY_RECKONED = KeptRows(tell_and_reckon)


@pytest.fixture
def january(outbox, db) -> Iterator[Edition]:
    """Told and reckoned; it is the last moment of the month."""
    with clock.frozen_at(END):
        JANUARY_RECKONED.bring()
        yield current_edition()


@pytest.fixture
def leader(client) -> Client:
    client.force_login(factories.make_agent("Lea"))
    return client
