import pytest

from tests.factories import make_agent


@pytest.fixture
def agent(db):
    return make_agent("Alice")


@pytest.fixture
def desk(client, agent):
    """A browser in which Alice is signed in."""
    client.force_login(agent)
    return client
