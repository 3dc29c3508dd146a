import pytest
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from tests.factories import customer_writes

pytestmark = pytest.mark.django_db


def is_problem(answer, status: int) -> dict:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status and body["title"] and body["detail"]
    return body


def test_no_token(client):
    is_problem(APIClient().get("/api/v1/tickets/"), 401)


def test_no_such_row(api):
    is_problem(api.get("/api/v1/tickets/999999/"), 404)
    is_problem(api.get(f"/api/v1/tickets/{10**40}/"), 404)


def test_no_such_address(api):
    is_problem(api.get("/api/v1/nothing/of/the/kind"), 404)
    is_problem(api.get("/api/v1/tickets/not-a-number/"), 404)


def test_no_such_method(api):
    is_problem(api.delete("/api/v1/tickets/"), 405)


def test_what_is_no_json(api):
    is_problem(api.post("/api/v1/tickets/", "{", content_type="application/json"), 400)


def test_another_content_type(api):
    is_problem(api.post("/api/v1/tickets/", "a=1", content_type="application/x-www-form-urlencoded"), 415)


def test_another_type_of_answer(api):
    is_problem(api.get("/api/v1/tickets/", headers={"Accept": "text/csv"}), 406)


def test_too_much(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    is_problem(api.post("/api/v1/tickets/", {"text": "x" * 1000}, format="json"), 413)


def test_fields_are_named_with_their_reason(api):
    answer = api.post("/api/v1/tickets/", {"contact": {"email": "no address"}}, format="json")
    fields = {error["field"] for error in is_problem(answer, 400)["errors"]}
    assert fields == {"contact.email", "text"}


def test_a_refusal_of_a_verb_names_its_field(api):
    ticket = customer_writes().ticket
    answer = api.patch(f"/api/v1/tickets/{ticket.pk}/", {"snoozed_until": "2001-01-01T00:00Z"}, format="json")
    assert is_problem(answer, 400)["errors"][0]["field"] == "until"


@pytest.mark.parametrize(
    "query",
    [
        "status=bad",
        "department=x",
        "created_since=yesterday",
        "cursor=x",
        "page_size=0",
        "page_size=00001000000",
        pytest.param(f"page_size=000001{'0' * 5000}", id="page_size of 5,006 digits"),
        "assignee=1x",
    ],
)
def test_a_filter_that_makes_no_sense(api, query):
    assert is_problem(api.get(f"/api/v1/tickets/?{query}"), 400)["errors"]


def test_too_many(api, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "1/min"})
    assert api.get("/api/v1/me/").status_code == 200
    answer = api.get("/api/v1/me/")
    is_problem(answer, 429)
    assert 0 < int(answer["Retry-After"]) <= 61
