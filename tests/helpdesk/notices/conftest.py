from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from helpdesk.people.models import User
from tests.factories import make_admin
from tests.push_service import PushService, push_service


@pytest.fixture
def service(settings) -> Iterator[PushService]:
    """A push service on loopback; nobody has looked at a page, and nothing was tried too often."""
    cache.clear()
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with push_service() as service:
        yield service


@pytest.fixture
def ada() -> User:
    return make_admin("Ada", email="ada@shop.example")


@pytest.fixture
def browser(ada) -> Client:
    """Ada's, signed in."""
    client = Client()
    client.force_login(ada)
    return client
