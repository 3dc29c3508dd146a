"""A look at what an agent may see is begun while a line is stored, serves that line, and nothing after it."""

import pytest
from asgiref.sync import sync_to_async

from helpdesk.desk.sight_ahead import SightAhead
from helpdesk.people.models import User
from tests.factories import make_admin, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)
ALWAYS = 600.0  # seconds


@pytest.fixture
def ada():
    return make_admin("Ada")


@pytest.fixture
def hidden():
    return make_ticket(make_inbox(department=make_department("Legal", is_restricted=True)))


async def no_admin_any_more(user):
    await User.objects.filter(pk=user.pk).aupdate(role=User.Role.AGENT)


async def test_what_was_begun_serves_once(ada, hidden):
    ahead = SightAhead(ALWAYS)
    ahead.begin(ada, hidden.pk)
    await ahead.glance.sight
    await no_admin_any_more(ada)
    assert await ahead.sight(ada, hidden.pk) == (ada, True)
    user, sees = await ahead.sight(ada, hidden.pk)
    assert not sees and user.role == User.Role.AGENT


@pytest.mark.parametrize("good_for", [0.0, ALWAYS])
async def test_too_long_ago_or_of_another_ticket_it_is_asked_anew(ada, hidden, good_for):
    ahead = SightAhead(good_for)
    other = await sync_to_async(make_ticket)()
    ahead.begin(ada, other.pk if good_for else hidden.pk)
    await ahead.glance.sight
    await no_admin_any_more(ada)
    assert not (await ahead.sight(ada, hidden.pk)).sees


async def test_who_was_let_go_is_nobody(ada, hidden):
    await User.objects.filter(pk=ada.pk).aupdate(is_active=False)
    ahead = SightAhead()
    ahead.begin(ada, hidden.pk)
    assert await ahead.sight(ada, hidden.pk) == (None, False)
