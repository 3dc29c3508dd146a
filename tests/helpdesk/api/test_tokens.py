from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from helpdesk import clock
from helpdesk.api.models import ApiToken, create_token
from tests.factories import make_agent

pytestmark = pytest.mark.django_db


def ask(token: str):
    return APIClient().get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"})


def test_the_command_prints_a_token_that_works_and_keeps_only_its_digest():
    agent, said = make_agent(), StringIO()
    call_command("create_token", agent.email.upper(), name="sync", stdout=said)
    token = said.getvalue().strip()
    assert ask(token).json() | {"departments": []} == ask(token).json()
    assert ask(token).json()["email"] == agent.email
    assert ask(token).json()["token"] == "sync"
    assert token not in str(ApiToken.objects.values().get())


def test_the_command_refuses_a_stranger():
    with pytest.raises(CommandError, match="nobody@shop.example"):
        call_command("create_token", "nobody@shop.example")


def test_without_a_token_the_answer_says_how_to_come_in():
    answer = APIClient().get("/api/v1/tickets/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["hd_wrong", "", "\xff\xfe", "x" * 5000])
def test_a_wrong_token_is_refused(token):
    assert ask(token).status_code == 401


def test_a_revoked_token_is_refused():
    token = create_token(make_agent())
    ApiToken.objects.update(revoked_at=clock.now())
    assert ask(token).status_code == 401


def test_the_token_of_somebody_who_left_is_refused():
    agent = make_agent()
    token = create_token(agent)
    agent.is_active = False
    agent.save()
    assert ask(token).status_code == 401


def test_its_last_use_is_noted_at_most_once_a_minute():
    token, start = create_token(make_agent()), clock.now()
    for seconds, noted in [(0, 0), (30, 0), (61, 61)]:
        with clock.frozen_at(start + timedelta(seconds=seconds)):
            assert ask(token).status_code == 200
        assert ApiToken.objects.get().last_used_at == start + timedelta(seconds=noted)
