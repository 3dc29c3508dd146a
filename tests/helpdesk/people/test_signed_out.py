"""Who is signed out and does not know it yet."""

import pytest
from django.urls import reverse

from tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def test_a_part_of_a_page_says_so_instead_of_leading_to_the_login(client):
    path = reverse("desk:write", args=[make_ticket().pk])
    answer = client.post(path, {"text": "Hello"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().startswith("You are signed out.")


def test_a_page_leads_to_the_login(client):
    answer = client.get(reverse("desk:home"))
    assert answer["Location"] == "/login/?next=/desk/"
