"""The webhooks' screens: the secret is shown once, the log shows each try."""

import pytest

from routing.models import Webhook, WebhookCall

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("admin")]


def make_webhook(client) -> Webhook:
    sent = {"name": "Shop", "url": "https://shop.example/hook", "is_active": "on"}
    answer = client.post("/settings/webhooks/new/", sent)
    webhook = Webhook.objects.get()
    assert webhook.secrets["signing"] in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    return webhook


def test_the_secret_is_shown_once(client):
    webhook = make_webhook(client)
    page = client.get(f"/settings/webhooks/{webhook.pk}/").content.decode()
    assert webhook.secrets["signing"] not in page
    renewed = client.post(f"/settings/webhooks/{webhook.pk}/secret/").content.decode()
    assert webhook.secrets["signing"] not in renewed
    assert Webhook.objects.get().secrets["signing"] in renewed


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "ftp://shop.example/", "http://[::1/", "shop", "https://a:b@c.example/"]
)
def test_an_address_that_we_would_not_call_is_refused(client, url):
    answer = client.post("/settings/webhooks/new/", {"name": "Shop", "url": url})
    assert (answer.status_code, Webhook.objects.count()) == (422, 0)


def test_a_test_call_stands_in_the_log_and_can_be_sent_again(client):
    webhook = make_webhook(client)
    client.post(f"/settings/webhooks/{webhook.pk}/test/")
    call = WebhookCall.objects.get()
    WebhookCall.objects.update(
        state="failed", tries=[{"at": "2026-05-01T10:00:00+00:00", "status": 500, "ms": 3, "words": "ouch"}]
    )
    page = client.get(f"/settings/webhooks/{webhook.pk}/").content.decode()
    assert "not delivered" in page and "ouch" in page
    client.post(f"/settings/webhooks/calls/{call.pk}/repetition/")
    assert WebhookCall.objects.get().state == "queued"
    client.post(f"/settings/webhooks/{webhook.pk}/deletion/")
    assert not Webhook.objects.exists()
