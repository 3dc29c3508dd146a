import pytest
from rest_framework.test import APIClient

from helpdesk.api.models import create_token
from tests.factories import make_admin, make_agent


def client_of(user) -> APIClient:
    """A program with a token of this user."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(user, name='tests')}")
    return client


@pytest.fixture
def agent(db):
    return make_agent("Marco")


@pytest.fixture
def api(agent):
    return client_of(agent)


@pytest.fixture
def admin_api(db):
    return client_of(make_admin())
