"""The loader, the frame and the page without scripts."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from helpdesk.connectors.webchat.look import look_of, readable_on, sites_of
from helpdesk.tickets.models import Message, Survey
from tests.factories import make_inbox
from tests.helpdesk.connectors.webchat.answering import answer, surveyed


def policy(response) -> str:
    return response["Content-Security-Policy"]


def test_the_loader_may_be_cached_and_read_from_every_site(client):
    first = client.get(reverse("webchat:loader"))
    assert first["Content-Type"].startswith("text/javascript")
    assert first["Access-Control-Allow-Origin"] == "*"
    assert "public" in first["Cache-Control"]
    again = client.get(reverse("webchat:loader"), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_the_loader_is_sent_without_comments_and_with_its_words_in_every_language(client):
    script = client.get(reverse("webchat:loader")).content.decode()
    assert '"TEXTS"' not in script
    assert not re.search(r"^\s*//", script, re.MULTILINE)
    assert set(re.findall(r'"(en|it|ro|zh)":', script)) == {"en", "it", "ro", "zh"}


def test_the_loader_writes_no_markup_so_that_strict_policies_and_trusted_types_allow_it(client):
    script = client.get(reverse("webchat:loader")).content.decode()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", ".style"):
        assert word not in script


def test_the_frame_may_be_shown_on_the_inbox_s_sites_only(client, widget):
    widget.options = {"allowed_sites": ["https://shop.example", "*.shop.example/"]}
    widget.save()
    page = client.get(reverse("webchat:frame", args=[widget.key]))
    assert "frame-ancestors 'self' https://shop.example *.shop.example;" in policy(page) + ";"
    assert "X-Frame-Options" not in page


def test_a_widget_without_sites_may_be_shown_everywhere(client, widget):
    assert "frame-ancestors *" in policy(client.get(reverse("webchat:frame", args=[widget.key])))


def test_the_frame_s_policy_is_otherwise_as_strict_as_everywhere(client, widget):
    page = client.get(reverse("webchat:frame", args=[widget.key]))
    assert "script-src 'self';" in f"{policy(page)};"
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page.content.decode())


@pytest.mark.parametrize(
    "site", ["x; script-src *", "a b", "https://a.example\r\nX: y", "'unsafe-inline'", "", 7]
)
def test_a_site_that_could_change_the_policy_is_left_out(site):
    inbox = make_unsaved({"allowed_sites": ["https://shop.example", site]})
    assert sites_of(inbox) == ["'self'", "https://shop.example"]


def make_unsaved(options):
    inbox = type("Inbox", (), {})()
    inbox.options = options
    return inbox


@pytest.mark.parametrize(
    ("asked", "word"),
    [("it-CH", "Scrivici"), ("ro", "Scrie-ne"), ("zh-CN", "给我们留言"), ("fi", "Write to us")],
)
def test_the_frame_speaks_the_language_of_the_host_page(client, widget, asked, word):
    page = client.get(reverse("webchat:frame", args=[widget.key]), {"lang": asked})
    assert word in page.content.decode()


def test_the_frame_holds_nothing_of_a_visitor_and_sets_no_cookie(client, widget):
    page = client.get(reverse("webchat:frame", args=[widget.key]))
    assert not page.cookies
    assert "public" in page["Cache-Control"]


def test_an_unknown_widget_is_not_there(client, widget):
    assert client.get(reverse("webchat:frame", args=["nobody"])).status_code == 404
    assert client.get(reverse("webchat:frame", args=[make_inbox("email").key])).status_code == 404


def test_without_scripts_one_writes_and_reads_on_a_plain_page(client, widget):
    address = reverse("webchat:plain", args=[widget.key])
    client.get(address)
    sent = client.post(
        address, {"text": "Where is my parcel?", "uuid": uuid4().hex, "email": "carla@customer.example"}
    )
    assert sent.status_code == 302
    message = Message.objects.get()
    answer(message.ticket, "On its way.")
    page = client.get(address).content.decode()
    assert "Where is my parcel?" in page
    assert "On its way." in page
    assert message.ticket.contact.email == "carla@customer.example"
    assert Message.objects.get(kind="outgoing").state == "read"


def test_the_plain_page_keeps_what_was_typed_when_it_refuses(client, widget):
    address = reverse("webchat:plain", args=[widget.key])
    page = client.post(address, {"text": "Hello", "email": "nonsense", "uuid": uuid4().hex})
    assert page.status_code == 400
    assert "Hello" in page.content.decode()
    assert "nonsense" in page.content.decode()


def test_the_plain_page_takes_a_rating(client, widget, browse):
    browser = browse()
    survey = surveyed(browser)
    client.cookies["hd_visitor"] = browser.token
    address = reverse("webchat:plain", args=[widget.key])
    assert 'type="radio"' in client.get(address).content.decode()
    client.post(address, {"message": survey.message_id, "score": "4", "comment": "Good"})
    assert (Survey.objects.get().score, Survey.objects.get().comment) == (4, "Good")


def test_the_plain_page_shows_nothing_to_a_browser_without_the_cookie(client, widget, browse):
    browse().write("My secret")
    assert "secret" not in client.get(reverse("webchat:plain", args=[widget.key])).content.decode()


def test_a_colour_of_the_shop_gets_readable_words_on_it():
    assert readable_on("#ffe600") == "#000000"
    assert readable_on("#1b3a57") == "#ffffff"
    assert look_of(make_unsaved({"colour": "red;}"})).colour == ""
    assert look_of(make_unsaved({"colour": "#AA0000"})).on_colour == "#ffffff"
