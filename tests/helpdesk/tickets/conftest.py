import pytest

from tests.factories import make_agent, make_inbox


@pytest.fixture
def chat():
    return make_inbox("webchat")


@pytest.fixture
def alice():
    return make_agent("Alice")
