import pytest

from helpdesk.people.models import User
from tests.factories import make_admin


@pytest.fixture
def admin(client) -> User:
    """Who sees the screens by `client`."""
    admin = make_admin()
    client.force_login(admin)
    return admin
