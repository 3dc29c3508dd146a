"""Connecting: whom we connect to, whom we believe, with which password or token, and what an admin reads when it fails."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from helpdesk import clock
from helpdesk.connectors.email.imap.connecting import connected, try_connection
from helpdesk.connectors.email.imap.oauth import access_token
from helpdesk.connectors.email.imap.trouble import EXPECTED, as_trouble, without_secrets
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.errors import Invalid
from helpdesk.supervisor.ports import free_port
from tests.factories import make_inbox
from tests.helpdesk.connectors.email.imap.looking import fetch_once, numbered
from tests.helpdesk.connectors.email.imap.tokens import token_server_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token_server(dovecot, user):
    with token_server_for(user, dovecot.token_port) as server:
        yield server


@pytest.fixture
def oauth_inbox(dovecot, user, token_server):
    return make_inbox(
        address="support@example.com",
        options=dovecot.options(
            user, auth="oauth", oauth_client_id="our-client", oauth_token_url=token_server.url
        ),
        secrets={"oauth_refresh_token": "refresh-0", "oauth_client_secret": "our-secret"},
    )


def refusal_of(inbox):
    with pytest.raises(Invalid) as refusal:
        try_connection(inbox)
    return str(refusal.value)


def trouble_of(inbox):
    with pytest.raises(EXPECTED) as error, connected(inbox):
        pass
    return as_trouble(error.value)


def test_a_connection_that_works_says_what_is_there(dovecot, user, make_mailbox_inbox):
    dovecot.deliver(user, numbered(1), numbered(2))
    sentence = try_connection(make_mailbox_inbox())
    assert sentence == "Connected: INBOX has 2 mails; the server tells of new mail at once."
    assert not ImapFolder.objects.exists()


def test_a_wrong_password_is_told_apart_from_a_server_that_is_away(make_mailbox_inbox):
    inbox = make_mailbox_inbox()
    inbox.secrets = {"imap_password": "wrong-password"}
    assert refusal_of(inbox) == "Login refused: [AUTHENTICATIONFAILED] Authentication failed."
    inbox.options["imap_port"] = free_port()
    assert refusal_of(inbox) == "Server can't be reached: Connection refused"
    inbox.secrets = {}
    inbox.options |= {"imap_host": ""}
    assert refusal_of(inbox) == "IMAP is not set up: No mail server is named."


def test_a_folder_that_is_not_there_is_named_as_the_fault(make_mailbox_inbox):
    inbox = make_mailbox_inbox(imap_folder="Nowhere")
    assert refusal_of(inbox).startswith("Folder can't be read: ")
    assert "Nowhere" in refusal_of(inbox)


def test_a_private_address_is_no_mail_server_unless_the_operator_says_so(make_mailbox_inbox, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = False
    assert refusal_of(make_mailbox_inbox()) == "Server can't be reached: 127.0.0.1 is a private address."


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused_and_one_of_a_known_authority_taken(
    dovecot, make_mailbox_inbox, security, monkeypatch
):
    port = dovecot.imaps_port if security == "ssl" else dovecot.imap_port
    inbox = make_mailbox_inbox(imap_host="localhost", imap_port=port, imap_security=security)
    assert "certificate is not trusted: self-signed certificate" in refusal_of(inbox)
    monkeypatch.setenv("SSL_CERT_FILE", dovecot.certificate)
    assert try_connection(inbox).startswith("Connected: ")
    inbox.options["imap_host"] = "127.0.0.1"  # a name that the certificate does not have
    assert "certificate is not trusted: IP address mismatch" in refusal_of(inbox)


def test_a_line_break_in_an_option_never_reaches_the_server(make_mailbox_inbox):
    inbox = make_mailbox_inbox(imap_user="carla\r\nA1 LOGOUT")
    assert refusal_of(inbox) == "IMAP is not set up: imap_user holds control characters."


def test_passwords_of_any_script_are_sent(make_mailbox_inbox):
    inbox = make_mailbox_inbox()
    inbox.secrets = {"imap_password": 'pässword "\\ 密码'}
    assert refusal_of(inbox) == "Login refused: [AUTHENTICATIONFAILED] Authentication failed."


def test_what_is_shown_holds_no_secret(make_mailbox_inbox):
    inbox = make_mailbox_inbox()
    inbox.secrets = {"imap_password": "hunter2hunter2"}
    assert without_secrets("NO\r\n hunter2hunter2 is wrong", inbox) == "NO ••• is wrong"


def test_a_token_is_asked_for_kept_and_used_until_it_is_old(oauth_inbox, token_server):
    assert try_connection(oauth_inbox).startswith("Connected: ")
    assert token_server.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-0",
            "client_id": "our-client",
            "client_secret": "our-secret",
        }
    ]
    fetch_once(oauth_inbox)
    assert len(token_server.asked) == 1
    oauth_inbox.refresh_from_db()
    assert oauth_inbox.secrets["oauth_refresh_token"] == "refresh-1"
    oauth_inbox.options["oauth_expires_at"] = (clock.now() + timedelta(seconds=30)).isoformat()
    oauth_inbox.save()
    assert access_token(oauth_inbox) == "token-2"


def test_a_new_authorisation_is_used_at_once(oauth_inbox, token_server):
    fetch_once(oauth_inbox)
    oauth_inbox.refresh_from_db()
    token_server.refresh = "another-grant"
    oauth_inbox.secrets["oauth_refresh_token"] = "another-grant"
    oauth_inbox.save()
    assert access_token(oauth_inbox) == "token-2"


def test_a_token_that_the_mail_server_refuses_is_renewed_once(oauth_inbox, token_server):
    fetch_once(oauth_inbox)
    token_server.good.clear()
    fetch_once(oauth_inbox)
    assert len(token_server.asked) == 2


def test_a_withdrawn_authorisation_is_told_as_expired(oauth_inbox, token_server):
    token_server.is_revoked = True
    sentence = "Authorisation expired: The token server refuses: Token has been expired or revoked."
    assert refusal_of(oauth_inbox) == sentence


def test_a_token_server_that_is_away_is_no_withdrawn_authorisation(oauth_inbox, token_server):
    token_server.is_away = True
    assert trouble_of(oauth_inbox).state == "away"
    oauth_inbox.options["oauth_token_url"] = f"http://127.0.0.1:{free_port()}/"
    oauth_inbox.save()
    assert trouble_of(oauth_inbox).state == "away"


def test_an_inbox_without_a_refresh_token_has_to_be_authorised(oauth_inbox):
    oauth_inbox.secrets = {}
    oauth_inbox.save()
    assert trouble_of(oauth_inbox).state == "expired"


def test_an_operator_asks_from_the_terminal(dovecot, user, inbox):
    fetch_once(inbox)
    dovecot.deliver(user, numbered(1))
    assert check("support@example.com", exit_code=1) == {
        "folder": "INBOX",
        "state": "ok",
        "error": "",
        "server_count": 1,
        "stored_count": 0,
        "missing": [1],
    }
    assert check(str(inbox.pk), "--reconcile")["stored_count"] == 1
    inbox.options["imap_port"] = free_port()
    inbox.save()
    told = check("support@example.com", exit_code=1)
    assert (told["state"], told["error"], told["server_count"]) == ("away", "Connection refused", None)
    with pytest.raises(CommandError, match="no mail inbox nobody@example.com"):
        check("nobody@example.com")


def check(*arguments, exit_code=0):
    out = StringIO()
    try:
        call_command("imap_check", *arguments, stdout=out)
        code = 0
    except SystemExit as end:
        code = end.code
    assert code == exit_code
    return json.loads(out.getvalue())
