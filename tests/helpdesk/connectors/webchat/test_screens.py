"""The settings of a chat inbox: its look with a preview, its ways, and the secret that proves who a visitor is."""

import pytest
from django.conf import settings
from django.test import Client

from helpdesk.connectors.webchat.look import is_pale
from helpdesk.inboxes.models import Inbox
from tests.factories import make_admin, make_agent, make_inbox

pytestmark = pytest.mark.django_db
LOOK = {"side": "end", "launcher": "icon"}
WAYS = {"asks_before": "never", "mails_unread_after": "5"}


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_admin("Ada"))
    return client


@pytest.fixture
def inbox() -> Inbox:
    return make_inbox("webchat", name="Shop", options={"kept": "by others"})


def address(inbox, screen):
    return f"/settings/inboxes/{inbox.pk}/{screen}/"


def shown(client, inbox, screen) -> str:
    return client.get(address(inbox, screen)).content.decode()


# -- look


def test_colour_place_button_and_texts_are_kept_beside_what_others_keep(admin, inbox):
    fields = {
        "colour": "#aa3355",
        "side": "start",
        "launcher": "words",
        "launcher_words": "Ask us",
        "team": "Fernweh",
        "greeting": "Hi!",
        "it_greeting": "Ciao!",
        "zh-hans_launcher_words": "问",
    }
    assert admin.post(address(inbox, "look"), fields).status_code == 302
    inbox.refresh_from_db()
    assert inbox.options == {
        "kept": "by others",
        "colour": "#aa3355",
        "side": "start",
        "launcher": "words",
        "launcher_words": "Ask us",
        "team": "Fernweh",
        "greeting": "Hi!",
        "intro": "",
        "texts": {"it": {"greeting": "Ciao!"}, "zh-hans": {"launcher_words": "问"}},
    }
    page = shown(admin, inbox, "look")
    assert 'value="Ciao!"' in page
    admin.post(address(inbox, "look"), LOOK)
    inbox.refresh_from_db()
    assert inbox.options["texts"] == {}


def test_the_texts_of_another_screen_stay(admin, inbox):
    admin.post(address(inbox, "behaviour"), WAYS | {"it_away_text": "Torniamo domani"})
    admin.post(address(inbox, "look"), LOOK | {"it_greeting": "Ciao!"})
    inbox.refresh_from_db()
    assert inbox.options["texts"] == {"it": {"away_text": "Torniamo domani", "greeting": "Ciao!"}}


@pytest.mark.parametrize(
    ("screen", "field", "value"),
    [
        ("look", "colour", "red"),
        ("look", "colour", "#12"),
        ("look", "side", "top"),
        ("look", "launcher", "nothing"),
        ("look", "greeting", "x" * 201),
        ("look", "it_greeting", "x" * 201),
        ("behaviour", "allowed_sites", "shop.example; script-src *"),
        ("behaviour", "asks_before", "now"),
        ("behaviour", "mails_unread_after", "7"),
        ("behaviour", "mail_inbox", "9"),
    ],
)
def test_what_a_widget_can_not_use_is_refused(admin, inbox, screen, field, value):
    answer = admin.post(address(inbox, screen), {"look": LOOK, "behaviour": WAYS}[screen] | {field: value})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    inbox.refresh_from_db()
    assert inbox.options == {"kept": "by others"}


def test_the_preview_is_the_widget_as_the_form_has_it_and_nothing_is_saved(admin, inbox):
    fields = LOOK | {"colour": "#aa3355", "greeting": "Hi <b>", "it_greeting": "Ciao", "tab": "messages"}
    answer = admin.post(address(inbox, "look/preview"), fields)
    page = answer.content.decode()
    assert 'data-colour="#aa3355" data-on-colour="#ffffff"' in page
    assert "Hi &lt;b&gt;" in page
    assert 'data-preview="messages"' in page
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert "Ciao" in admin.post(address(inbox, "look/preview"), fields | {"language": "it"}).content.decode()
    inbox.refresh_from_db()
    assert inbox.options == {"kept": "by others"}


def test_a_preview_of_what_is_not_valid_shows_it_as_it_is_stored(admin, inbox):
    inbox.options = {"colour": "#aa3355"}
    inbox.save()
    fields = LOOK | {"colour": 'red" onload="alert(1)', "greeting": "Hi!", "tab": "<x>", "language": "xx"}
    page = admin.post(address(inbox, "look/preview"), fields).content.decode()
    assert 'data-colour="#aa3355"' in page
    assert "Hi!" in page
    assert 'data-preview="help"' in page
    assert "onload" not in page


def test_a_preview_needs_the_form_s_own_token(inbox):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_admin("Ada"))
    assert strict.post(address(inbox, "look/preview"), LOOK).status_code == 403


def test_a_colour_that_hardly_stands_out_is_warned_of_and_kept(admin, inbox):
    assert is_pale("#ffe066")
    assert not is_pale("#1c6773")
    admin.post(address(inbox, "look"), LOOK | {"colour": "#ffe066"})
    inbox.refresh_from_db()
    assert inbox.options["colour"] == "#ffe066"
    assert "data-pale>" in shown(admin, inbox, "look")
    admin.post(address(inbox, "look"), LOOK | {"colour": "#1c6773"})
    assert "data-pale hidden>" in shown(admin, inbox, "look")


def test_the_words_of_every_language_of_ours_have_a_place(admin, inbox):
    page = shown(admin, inbox, "look")
    for code, _name in settings.LANGUAGES:
        assert f'name="{code}_greeting"' in page


# -- behaviour


def test_sites_questions_waiting_and_mail_are_kept(admin, inbox):
    mail = make_inbox(name="Fernweh mail")
    fields = {
        "allowed_sites": "https://shop.example/\nhttps://*.shop.example",
        "asks_before": "first",
        "form_key": ["", ""],
        "form_label": ["Order number", ""],
        "form_kind": ["text", "text"],
        "form_is_required": ["1", ""],
        "form_choices": ["", ""],
        "away_text": "We are away",
        "watches_visitors": "on",
        "mails_unread_after": "15",
        "mail_inbox": mail.pk,
        "tells_handover": "on",
    }
    assert admin.post(address(inbox, "behaviour"), fields).status_code == 302
    inbox.refresh_from_db()
    assert inbox.options == {
        "kept": "by others",
        "allowed_sites": ["https://shop.example", "https://*.shop.example"],
        "asks_before": "first",
        "form": [{"key": "order-number", "label": "Order number", "kind": "text", "is_required": True}],
        "away_text": "We are away",
        "shows_wait": False,
        "watches_visitors": True,
        "mails_unread_after": 15,
        "mail_inbox": mail.pk,
        "tells_handover": True,
        "texts": {},
    }
    page = shown(admin, inbox, "behaviour")
    assert "https://*.shop.example" in page
    assert 'name="form_label" value="Order number"' in page


def test_what_holds_before_anything_is_set_is_what_the_screen_shows(admin, inbox):
    page = shown(admin, inbox, "behaviour")
    assert '<option value="5" selected>' in page
    assert '<option value="never" selected>' in page
    for name, is_on in (("shows_wait", True), ("tells_handover", True), ("watches_visitors", False)):
        field = page[page.index(f'name="{name}"') :].split(">")[0]
        assert ("checked" in field) == is_on


def test_a_widget_without_a_mail_inbox_says_that_its_chats_can_not_go_on_by_mail(admin, inbox):
    assert "No mail inbox is in use, so unread answers stay in the chat." in shown(admin, inbox, "behaviour")
    mail = make_inbox(name="Fernweh mail")
    page = shown(admin, inbox, "behaviour")
    assert f"Fernweh mail ({mail.address})" in page
    assert "No mail inbox" not in page


# -- identity


def test_the_secret_is_made_and_shown_on_demand_and_never_else(admin, inbox):
    assert "Make a secret" in shown(admin, inbox, "identity")
    answer = admin.post(address(inbox, "identity/secret"))
    inbox.refresh_from_db()
    secret = inbox.secrets["identity_secret"]
    assert len(bytes.fromhex(secret)) == 32
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret not in shown(admin, inbox, "identity")
    assert secret in admin.post(address(inbox, "identity/secret")).content.decode()  # the same, once more
    renewed = admin.post(address(inbox, "identity/secret"), {"renew": "1"}).content.decode()
    inbox.refresh_from_db()
    assert inbox.secrets["identity_secret"] != secret
    assert inbox.secrets["identity_secret"] in renewed


def test_looking_at_the_screen_makes_no_secret(admin, inbox):
    shown(admin, inbox, "identity")
    assert admin.get(address(inbox, "identity/secret")).status_code == 405
    inbox.refresh_from_db()
    assert inbox.secrets == {}


def test_an_inbox_may_take_nobody_s_word(admin, inbox):
    admin.post(address(inbox, "identity"), {"identity_is_required": "on"})
    inbox.refresh_from_db()
    assert inbox.options["identity_is_required"] is True
    admin.post(address(inbox, "identity"), {})
    inbox.refresh_from_db()
    assert inbox.options["identity_is_required"] is False


@pytest.mark.parametrize("screen", ["look", "behaviour", "identity"])
def test_the_screens_are_for_admins_and_for_chat_inboxes(admin, inbox, screen):
    assert admin.get(address(make_inbox(), screen)).status_code == 404
    agent = Client()
    agent.force_login(make_agent("Otto"))
    assert agent.get(address(inbox, screen)).status_code == 403
