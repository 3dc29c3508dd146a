"""The desk whose report is tested: the golden January of one shop, as its leader sees it."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from funnel.models import Edition
from funnel.replay import replay
from funnel.tallies.editions import current_edition
from funnel.tallies.refresh import refresh_now
from helpdesk import clock
from tests import factories
from tests.funnel.histories import END, GOLDEN


@pytest.fixture
def january(outbox, db) -> Iterator[Edition]:
    """Told and reckoned; it is the last moment of the month."""
    cache.clear()
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    with clock.frozen_at(END):
        refresh_now()
        yield current_edition()


@pytest.fixture
def leader(client) -> Client:
    client.force_login(factories.make_agent("Lea"))
    return client
