"""How fast one person may ask for pages."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from helpdesk.pace import Pace
from helpdesk.people.middleware import BURST, not_too_fast
from tests.factories import make_agent

pytestmark = pytest.mark.django_db


def test_a_program_that_ran_wild_is_told_to_wait_and_slows_nobody_else(settings, rf):
    settings.RATELIMIT_ENABLE = True
    door = not_too_fast(lambda request: HttpResponse("here"))

    def ask(user, path="/desk/"):
        request = rf.get(path)
        request.user = user
        return door(request)

    alice, ben = make_agent("Alice"), make_agent("Ben")
    answers = [ask(alice).status_code for _ in range(BURST + 200)]
    assert answers[-1] == 429 and 429 not in answers[:BURST]
    refused = ask(alice)
    assert refused.headers["Retry-After"] and "Wait a moment" in refused.content.decode()
    assert {ask(ben).status_code, ask(alice, "/widget/loader.js").status_code} == {200}
    assert ask(AnonymousUser()).status_code == 200


def test_what_is_refused_takes_nothing_so_that_it_is_over_soon(settings):
    settings.RATELIMIT_ENABLE = True
    pace = Pace(burst=2, a_second=0.001)
    assert [pace.allows() for _ in range(5)] == [True, True, False, False, False]
    pace.at -= 1_000
    assert pace.allows()
