"""Inboxes of every kind, their options, and their secrets that are never shown."""

import pytest
from django.utils.module_loading import import_string

from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from tests.factories import make_admin, make_department, make_inbox

pytestmark = pytest.mark.django_db
TOKEN = "123456:ABCdefGHIjklMNOpqrSTUvwxYZ"


@pytest.fixture(autouse=True)
def admin(client):
    client.force_login(make_admin())


def test_a_mail_inbox_is_made_and_says_how_to_bring_mail(client):
    billing = make_department("Billing")
    fields = {"name": "Billing", "address": "Bills@Shop.example", "department": billing.pk, "language": "en"}
    answer = client.post("/settings/inboxes/new/email/", fields | {"is_active": "on"}, follow=True)
    inbox = Inbox.objects.get()
    assert (inbox.kind, inbox.address, inbox.department) == ("email", "bills@shop.example", billing)
    assert "receive_email --to bills@shop.example" in answer.content.decode()


def test_two_inboxes_never_share_an_address(client):
    make_inbox(address="support@shop.example")
    fields = {"name": "Other", "address": "SUPPORT@shop.example", "language": "en"}
    assert client.post("/settings/inboxes/new/email/", fields).status_code == 422
    assert Inbox.objects.count() == 1


def test_a_widget_has_a_line_to_paste_and_goes_on_to_its_look(client):
    fields = {"name": "Shop", "language": "en", "is_active": "on"}
    answer = client.post("/settings/inboxes/new/webchat/", fields)
    inbox = Inbox.objects.get()
    assert answer["Location"] == f"/settings/inboxes/{inbox.pk}/look/"
    page = client.get(f"/settings/inboxes/{inbox.pk}/").content.decode()
    assert f"/widget/{inbox.key}/loader.js" in page


def test_a_bot_token_is_kept_encrypted_and_never_shown(client):
    fields = {"name": "Bot", "language": "en", "is_active": "on"}
    assert client.post("/settings/inboxes/new/telegram/", fields).status_code == 422
    answer = client.post("/settings/inboxes/new/telegram/", fields | {"token": TOKEN}, follow=True)
    inbox = Inbox.objects.get()
    assert inbox.secrets["token"] == TOKEN
    secret = inbox.secrets["webhook_secret"]
    assert len(secret) > 30
    page = answer.content.decode()
    assert f"/hooks/telegram/{inbox.key}/" in page
    assert TOKEN not in page
    client.post(f"/settings/inboxes/{inbox.pk}/", fields | {"name": "Bot 2"})
    inbox.refresh_from_db()
    assert (inbox.name, inbox.secrets) == ("Bot 2", {"token": TOKEN, "webhook_secret": secret})


def connect(inbox: Inbox) -> str:
    """In place of Telegram's own, which tests/helpdesk/connectors/telegram/ holds against a loopback."""
    if "broken" in inbox.name:
        raise Invalid("Telegram: 401 Unauthorized", field="token")
    return f"Connected {inbox.name}."


def test_a_bot_is_connected_and_a_refusal_is_shown_in_its_own_words(client, settings):
    bot = make_inbox(kind="telegram", name="Bot", secrets={"token": TOKEN})
    assert "Connect the bot" in client.get(f"/settings/inboxes/{bot.pk}/").content.decode()
    settings.CONNECTIONS = {"telegram": f"{__name__}.connect"}
    answer = client.post(f"/settings/inboxes/{bot.pk}/connection/", follow=True)
    assert "Connected Bot." in answer.content.decode()
    broken = make_inbox(kind="telegram", name="broken")
    page = f"/settings/inboxes/{broken.pk}/"
    back = {"HTTP_REFERER": f"http://testserver{page}"}
    answer = client.post(f"{page}connection/", follow=True, **back)
    assert "Telegram: 401 Unauthorized" in answer.content.decode()
    assert client.post(f"/settings/inboxes/{make_inbox().pk}/connection/").status_code == 404


def test_every_connection_is_there(settings):
    assert all(callable(import_string(path)) for path in settings.CONNECTIONS.values())


def test_a_kind_that_does_not_exist_is_not_found(client):
    assert client.get("/settings/inboxes/new/fax/").status_code == 404


def test_the_list_costs_the_same_for_many(client, django_assert_max_num_queries):
    department = make_department()
    for number in range(12):
        make_inbox(name=f"Inbox {number}", department=department)
    client.get("/settings/inboxes/")
    with django_assert_max_num_queries(10):
        assert client.get("/settings/inboxes/").content.count(b"Inbox ") >= 12
