"""Readers and writers of the help center."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import make_agent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """The most read articles and the vote's rate limit are kept in the cache: each test begins without."""
    cache.clear()
    yield


@pytest.fixture
def reader(client: Client) -> Client:
    client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
    return client


@pytest.fixture
def writer(db: None) -> Client:
    """A signed-in agent."""
    agent = Client()
    agent.force_login(make_agent("Alice"))
    return agent
