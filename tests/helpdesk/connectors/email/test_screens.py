"""The settings of a mail inbox: what is asked, what is kept, and what is never shown."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk import clock
from helpdesk.connectors.email.dkim import dns_name, dns_record
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.connectors.email.providers.calls import note_call
from helpdesk.tickets.models import DeliveryAttempt, LoopStop, Message
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.writing import reply
from tests.factories import by, handle_raw, make_admin, make_agent, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
IMAP = {"imap_is_on": "on", "mail_preset": "own", "imap_host": "imap.example.com", "imap_security": "ssl"}
IMAP |= {"auth": "password", "imap_password": "open sesame", "imap_after": "keep", "imap_start": ""}


@pytest.fixture(autouse=True)
def boss(client):
    boss = make_admin()
    client.force_login(boss)
    return boss


@pytest.fixture
def inbox():
    return make_inbox(address="support@example.com")


@pytest.fixture
def post(client, inbox):
    """post("receiving/", {...}): the answer's status; the inbox is read anew."""

    def send(path, fields=None):
        answer = client.post(f"/settings/inboxes/{inbox.pk}/{path}", fields or {})
        inbox.refresh_from_db()
        return answer

    return send


def page_of(client, inbox, path):
    answer = client.get(f"/settings/inboxes/{inbox.pk}/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_mailbox_is_set_up_with_its_own_server(client, inbox, post):
    assert post("receiving/", IMAP | {"imap_port": "1993", "imap_folder": "INBOX, Shop"}).status_code == 302
    assert (
        inbox.options
        | {
            "imap_is_on": True,
            "imap_host": "imap.example.com",
            "imap_port": 1993,
            "imap_security": "ssl",
            "imap_folder": "INBOX, Shop",
            "imap_since": "",
            "imap_after": "keep",
            "auth": "password",
        }
        == inbox.options
    )
    assert inbox.secrets["imap_password"] == "open sesame"
    page = page_of(client, inbox, "receiving/")
    assert "imap.example.com" in page
    assert "open sesame" not in page


def test_a_secret_left_empty_stays_and_what_others_keep_there_too(inbox, post):
    inbox.secrets, inbox.options = {"imap_password": "old", "oauth_access_token": "t"}, {"smtp_host": "kept"}
    inbox.save()
    assert post("receiving/", IMAP | {"imap_password": ""}).status_code == 302
    assert inbox.secrets == {"imap_password": "old", "oauth_access_token": "t"}
    assert inbox.options["smtp_host"] == "kept"


def test_a_secret_never_goes_to_another_server_than_it_was_given_for(inbox, post):
    post("receiving/", IMAP)
    answer = post("receiving/", IMAP | {"imap_host": "elsewhere.example.org", "imap_password": ""})
    assert answer.status_code == 422 and "imap_password" in answer.content.decode()
    inbox.refresh_from_db()
    assert inbox.options["imap_host"] == IMAP["imap_host"]
    off = {"imap_host": "elsewhere.example.org", "imap_password": ""}
    post("receiving/", {name: value for name, value in (IMAP | off).items() if name != "imap_is_on"})
    inbox.refresh_from_db()
    assert "imap_password" not in inbox.secrets


def test_a_known_provider_needs_no_server_names_and_brings_its_trust(inbox, post):
    fields = {"mail_preset": "gmail", "imap_host": "", "imap_security": ""}
    assert post("receiving/", IMAP | fields).status_code == 302
    told = ("imap_host", "imap_port", "imap_security", "authserv_id")
    assert [inbox.options[name] for name in told] == ["imap.gmail.com", 993, "ssl", "mx.google.com"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"imap_host": ""}, "imap_host"),
        ({"imap_host": "imap.example.com/path"}, "imap_host"),
        ({"imap_password": ""}, "imap_password"),
        ({"auth": "oauth"}, "oauth_refresh_token"),
        ({"imap_start": "date"}, "imap_since"),
        ({"imap_after": "move"}, "imap_move_to"),
        ({"imap_port": "99999"}, "imap_port"),
    ],
)
def test_what_can_not_work_is_refused_beside_its_field(inbox, post, fields, field):
    answer = post("receiving/", IMAP | fields)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert inbox.options == {}


def test_a_mailbox_that_is_off_asks_for_nothing(inbox, post):
    assert post("receiving/", {"mail_preset": "own"}).status_code == 302
    assert inbox.options["imap_is_on"] is False


@pytest.mark.parametrize(
    ("start", "since", "kept"), [("", "", ""), ("date", "2026-03-01", "2026-03-01"), ("all", "", "all")]
)
def test_where_reading_begins(inbox, post, start, since, kept):
    post("receiving/", IMAP | {"imap_start": start, "imap_since": since})
    assert inbox.options["imap_since"] == kept


def test_testing_a_connection_saves_and_says_what_the_server_said(client, inbox, post):
    fields = IMAP | {"imap_host": "127.0.0.1", "try": "1"}
    assert post("receiving/", fields).status_code == 302
    assert inbox.options["imap_host"] == "127.0.0.1"
    assert "Saved, but it does not work yet." in page_of(client, inbox, "receiving/")
    sending = {
        "smtp_preset": "own",
        "smtp_host": "127.0.0.1",
        "smtp_security": "none",
        "fallback_security": "none",
    }
    assert post("sending/", sending | {"try": "1"}).status_code == 302
    assert "127.0.0.1 is a private address" in page_of(client, inbox, "sending/")


def test_a_working_server_is_found_to_work(client, inbox, post, smtp_sink, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    fields = {
        "smtp_preset": "own",
        "smtp_host": "127.0.0.1",
        "smtp_port": settings.EMAIL_PORT,
        "smtp_security": "none",
    }
    post("sending/", fields | {"fallback_security": "none", "try": "1"})
    assert "Sending works" in page_of(client, inbox, "sending/")
    assert not smtp_sink.envelopes


def test_sending_goes_back_to_the_operators_server(client, inbox, post):
    fields = {
        "smtp_preset": "fastmail",
        "smtp_password": "app",
        "fallback_host": "b.example.com",
        "fallback_security": "ssl",
    }
    assert post("sending/", fields).status_code == 302
    told = ("smtp_host", "smtp_port", "smtp_security", "smtp_user", "fallback_host")
    assert [inbox.options[name] for name in told] == [
        "smtp.fastmail.com",
        465,
        "ssl",
        "support@example.com",
        "b.example.com",
    ]
    assert inbox.secrets["smtp_password"] == "app"
    assert "app<" not in page_of(client, inbox, "sending/")
    post("sending/", {"smtp_preset": "", "fallback_security": "ssl"})
    assert (inbox.options["smtp_host"], inbox.options["fallback_host"]) == ("", "")


def test_a_dkim_key_signs_nothing_before_its_record_is_said_to_be_there(client, inbox, post):
    assert post("sending/dkim/", {"dkim_domain": "Example.com", "dkim_selector": "h1"}).status_code == 302
    page = unescape(page_of(client, inbox, "sending/"))
    made = inbox.secrets["dkim_next_key"]
    assert "h1._domainkey.example.com" in page
    assert dns_record(made) in page
    assert "PRIVATE KEY" not in page
    assert "dkim_key" not in inbox.secrets
    post("sending/dkim/use/")
    assert (inbox.secrets["dkim_key"], dns_name(inbox)) == (made, "h1._domainkey.example.com")
    assert "Mail is signed" in page_of(client, inbox, "sending/")


def test_a_new_dkim_key_takes_over_from_the_old_one_without_a_gap(inbox, post):
    for selector in ("h1", "h2"):
        post("sending/dkim/", {"dkim_domain": "example.com", "dkim_selector": selector})
        before = dns_name(inbox), inbox.secrets.get("dkim_key")
        assert before[0] == ("h1._domainkey.example.com" if selector == "h2" else "")
        post("sending/dkim/use/")
        assert (dns_name(inbox), inbox.secrets["dkim_key"]) != before
    post("sending/dkim/removal/")
    assert not {"dkim_key", "dkim_next_key"} & set(inbox.secrets)
    assert post("sending/dkim/", {"dkim_domain": "nodots", "dkim_selector": "a b"}).status_code == 422


def test_a_webhooks_secret_is_shown_once_when_it_is_made(client, inbox, post):
    answer = post("receiving/webhook/", {"webhook_provider": "postmark"})
    secret = inbox.secrets["webhook_secret"]
    address = f"http://helpdesk:{secret}@testserver/hooks/mail/{inbox.key}/postmark/inbound/"
    assert address in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    page = page_of(client, inbox, "receiving/")
    assert secret not in page
    assert f"/hooks/mail/{inbox.key}/postmark/inbound/" in page
    assert secret not in post("receiving/webhook/", {"webhook_provider": "postmark"}).content.decode()
    fresh = post("receiving/webhook/secret/").content.decode()
    assert inbox.secrets["webhook_secret"] != secret
    assert inbox.secrets["webhook_secret"] in fresh
    assert post("receiving/webhook/", {"webhook_provider": "elsewhere"}).status_code == 422


def test_the_trusted_server_is_one_word(inbox, post):
    assert post("receiving/trust/", {"authserv_id": "mx.example.com"}).status_code == 302
    assert inbox.options["authserv_id"] == "mx.example.com"
    assert post("receiving/trust/", {"authserv_id": "two words"}).status_code == 422
    post("receiving/trust/", {"authserv_id": ""})
    assert inbox.options["authserv_id"] == ""


def test_the_screens_are_for_mail_only_and_for_admins(client, inbox):
    chat = make_inbox("webchat")
    for path in ("receiving/", "sending/", "health/"):
        assert client.get(f"/settings/inboxes/{chat.pk}/{path}").status_code == 404
    client.force_login(make_agent())
    for path in ("receiving/", "sending/", "health/"):
        assert client.get(f"/settings/inboxes/{inbox.pk}/{path}").status_code == 403


def fetching(inbox, **fields):
    inbox.options = {"imap_is_on": True, "imap_host": "imap.example.com"}
    inbox.save()
    fields = {"state": "ok", "checked_at": clock.now(), "server_count": 12, "stored_count": 12} | fields
    return ImapFolder.objects.create(inbox=inbox, **fields)


def test_a_healthy_inbox_says_so(client, inbox):
    fetching(inbox, is_pushed=True, reconciled_at=clock.now())
    store_raw(b"From: a@b.example\r\n\r\nx", inbox=inbox, door="imap")
    page = page_of(client, inbox, "health/")
    assert "Connected; the server tells of new mail at once." in page
    assert "12 on the server, 12 here" in page
    assert "Nothing is held up" in page
    assert "</span>Works" in client.get("/settings/inboxes/").content.decode()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"state": "refused", "error": "[AUTH] no"}, "Login refused: [AUTH] no"),
        ({"state": "expired"}, "Authorise the inbox again"),
        ({"state": "new"}, "mail_fetcher"),
        ({"checked_at": clock.now() - timedelta(hours=2)}, "Nobody looks into it"),
        ({"stored_count": 10}, "Some mails on the server could not be fetched."),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_said_with_what_to_do(client, inbox, fields, told):
    fetching(inbox, **fields)
    assert told in page_of(client, inbox, "health/")
    assert "</span>Works" not in client.get("/settings/inboxes/").content.decode()


def test_what_waits_and_what_was_refused_stands_on_the_health_page(client, inbox, outbox):
    message = reply(make_ticket(inbox), "Hello", by=by(make_agent()))
    Message.objects.filter(pk=message.pk).update(created_at=clock.now() - timedelta(hours=1))
    DeliveryAttempt.objects.create(
        message=message, inbox=inbox, at=clock.now(), outcome="deferred", answer="451 greylisted"
    )
    page = page_of(client, inbox, "health/")
    assert "Answers wait for a server that takes them." in page
    assert "451 greylisted" in page


def test_unreadable_mail_stopped_loops_and_the_webhook_stand_there_too(client, inbox):
    inbox.options, inbox.secrets = {"webhook_provider": "postmark"}, {"webhook_secret": "s"}
    inbox.save()
    handle_raw(store_raw(b"\x00", inbox=inbox, door="smtp").pk)
    LoopStop.objects.create(inbox=inbox, address="a@b.example", reason="hour", opened_at=clock.now())
    assert "It has not been called lately." in page_of(client, inbox, "health/")
    note_call(inbox, "postmark", "inbound", 401)
    page = page_of(client, inbox, "health/")
    assert "The last call was refused (401)" in page
    assert "1 could not be read" in page
    assert "/settings/incoming/?outcome=quarantined" in page
    assert "No automatic answers to a@b.example" in page
    assert "Could not be read" in page  # the count of the day


def test_a_folder_is_compared_at_a_persons_word_and_a_server_that_is_away_is_named(client, inbox, post):
    folder = fetching(inbox)
    inbox.options |= {"imap_host": "127.0.0.1", "imap_port": 1}
    inbox.save()
    assert post(f"health/comparison/{folder.pk}/").status_code == 302
    assert "The server could not be asked" in page_of(client, inbox, "health/")
    other = ImapFolder.objects.create(inbox=make_inbox())
    assert post(f"health/comparison/{other.pk}/").status_code == 404


def test_the_health_of_many_inboxes_is_asked_for_at_once(client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/settings/inboxes/").status_code == 200
        return len(captured)

    fetching(make_inbox())
    client.get("/settings/inboxes/")
    of_one = queries()
    for _ in range(6):
        fetching(make_inbox())
    assert queries() == of_one
