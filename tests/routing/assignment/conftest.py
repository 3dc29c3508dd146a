"""A department that assigns by itself, and people at their desks."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from helpdesk.people.duty import note_at_desk
from helpdesk.people.models import User
from routing.models import Department, Workload
from tests.factories import make_agent, make_department


@pytest.fixture(autouse=True)
def nobody_there():
    cache.clear()


@pytest.fixture
def support() -> Department:
    return make_department("Support", assigning="automatic")


@pytest.fixture
def at_desk(support) -> Callable[..., User]:
    """at_desk("Dana", capacity=3): a member of Support whose desk is open."""

    def come(name: str, *, of: Department | None = None, capacity: int = 12, **fields: object) -> User:
        agent = make_agent(name)
        (of or support).members.add(agent)
        Workload.objects.create(user=agent, capacity=capacity, **fields)
        note_at_desk(agent)
        return agent

    return come
