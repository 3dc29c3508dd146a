import json

import pytest
from django.db import connection

from helpdesk.inboxes.models import RawMessage
from tests.helpdesk.connectors.telegram.conftest import SECRET, an_update

pytestmark = pytest.mark.django_db


def post(client, body, secret: str | None = SECRET, key: str = "bot-7"):
    body = body if isinstance(body, (str, bytes)) else json.dumps(body)
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
    return client.post(f"/hooks/telegram/{key}/", body, content_type="application/json", headers=headers)


def test_what_came_is_stored_byte_for_byte_before_the_yes(client, inbox):
    update = json.dumps(an_update("Grüße ✓"))
    assert post(client, update).status_code == 200
    raw = RawMessage.objects.get()
    assert (bytes(raw.body), raw.outcome, raw.inbox) == (update.encode(), "pending", inbox)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "ü"])
def test_who_does_not_know_the_secret_is_refused_without_a_word(client, inbox, secret):
    answer = post(client, an_update(), secret)
    assert (answer.status_code, answer.content) == (403, b"")
    assert not RawMessage.objects.exists()


def test_an_inbox_without_a_secret_takes_nothing(client, inbox):
    inbox.secrets = {"token": "x"}
    inbox.save()
    assert post(client, an_update(), "").status_code == 403


def test_two_secrets_are_valid_while_one_is_changed(client, inbox):
    inbox.secrets |= {"webhook_secret": "the new one", "webhook_secret_before": SECRET}
    inbox.save()
    assert post(client, an_update(), SECRET).status_code == 200
    assert post(client, an_update(), "the new one").status_code == 200


@pytest.mark.parametrize("body", ["{", "", "[]", '"x"', b"\xff\xfe", "[" * 100_000])
def test_what_is_no_json_object_is_refused(client, inbox, body):
    assert post(client, body).status_code == 400
    assert not RawMessage.objects.exists()


def test_an_update_as_large_as_no_update_is_refused(client, inbox):
    assert post(client, an_update("x" * 2**20)).status_code == 413


@pytest.mark.parametrize("key", ["bot-8", "bot-7x"])
def test_an_unknown_hook_is_not_there(client, inbox, key):
    assert post(client, an_update(), key=key).status_code == 404


def test_an_inbox_out_of_use_is_not_there(client, inbox):
    inbox.is_active = False
    inbox.save()
    assert post(client, an_update()).status_code == 404


def test_only_posts_are_taken(client, inbox):
    assert client.get("/hooks/telegram/bot-7/").status_code == 405


def test_without_the_database_telegram_is_told_to_come_again(client, inbox):
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inboxes_rawmessage RENAME TO away")
    assert post(client, an_update()).status_code == 500
