from io import StringIO

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from tests.factories import make_department, make_inbox

pytestmark = pytest.mark.django_db


def test_departments_can_be_listed_and_read(api):
    department = make_department("Billing")
    assert api.get("/api/v1/departments/").json()[0]["name"] == "Billing"
    assert api.get(f"/api/v1/departments/{department.pk}/").json()["is_restricted"] is False


def test_inboxes_never_show_their_secrets(api):
    make_inbox("telegram", secrets={"token": "123:abc"}, key="hook-key")
    answer = api.get("/api/v1/inboxes/")
    assert answer.json()[0]["kind"] == "telegram"
    assert b"123:abc" not in answer.content and b"hook-key" not in answer.content


def test_me_says_who_the_token_acts_for(api, agent):
    make_department("Billing", members=(agent,))
    shown = api.get("/api/v1/me/").json()
    assert (shown["email"], shown["role"], shown["departments"][0]["name"]) == (
        agent.email,
        "agent",
        "Billing",
    )


def test_a_browser_gets_a_page_about_the_api(client):
    assert "create_token" in client.get("/api/").content.decode()


def test_the_description_is_complete_and_valid():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_the_description_knows_every_address_and_the_shape_of_problems():
    shown = APIClient().get("/api/schema/?format=json").json()
    assert {
        "/api/v1/tickets/",
        "/api/v1/tickets/{id}/",
        "/api/v1/tickets/{id}/messages/",
        "/api/v1/contacts/{id}/",
        "/api/v1/events/",
        "/api/v1/articles/",
        "/api/v1/me/",
    } <= shown["paths"].keys()
    answers = shown["paths"]["/api/v1/tickets/"]["post"]["responses"]
    assert "application/problem+json" in answers["default"]["content"]
    assert shown["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
