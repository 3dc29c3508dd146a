"""Lighter than anyone's: 2.5 kB before anybody wants it, 25 kB when it opens for the first time."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from helpdesk.connectors.webchat.scripts import (
    MODULES,
    WATCH_MODULES,
    frame_script,
    loader_script,
    more_script,
    source_of,
    version_of,
    watch_script,
)
from tests.factories import make_inbox

STYLES = ["css/tokens.css", "widget/frame.css"]
ANSWERS = 2_200  # what the two first answers, the thread and the most read articles, may weigh


def gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def test_the_loader_is_at_most_2500_bytes_gzipped(client):
    script = client.get(reverse("webchat:loader")).content
    assert gzipped(script) <= 2_500, gzipped(script)


def test_it_stays_so_with_a_look_of_its_own():
    look = {
        "inbox": "a1B2c3D4e5F6g7H8",
        "colour": "#8a2be2",
        "on": "#ffffff",
        "side": "start",
        "speaks": 1,
        "visitors": 1,
    }
    words = {
        "en": "Ask us anything",
        "it": "Chiedi a noi",
        "ro": "Întreabă-ne orice",
        "zh": "有问题请联系我们",
    }
    script = loader_script(look, words)
    assert gzipped(script.encode()) <= 2_500, gzipped(script.encode())


def test_its_second_half_is_at_most_2500_bytes_gzipped(client):
    script = client.get(reverse("webchat:more", args=[version_of(more_script())]))
    assert gzipped(script.content) <= 2_500, gzipped(script.content)
    assert script["Access-Control-Allow-Origin"] == "*"
    assert script["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "immutable" in script["Cache-Control"]
    older = client.get(reverse("webchat:more", args=["0" * 16]))
    assert (older.content, older["Cache-Control"]) == (script.content, "public, max-age=0")


def test_the_loader_asks_for_the_second_half_by_its_version():
    assert f"/widget/more/{version_of(more_script())}.js`" in loader_script()


@pytest.mark.parametrize("name", [*MODULES, *WATCH_MODULES, "loader", "more"])
def test_no_template_literal_stands_in_another(name):
    """The minifier would take spaces out of what is text."""
    inside = re.compile(r"\$\{[^{}`]*`")
    assert not inside.search(source_of(name))


@pytest.mark.django_db
def test_the_hidden_page_that_says_who_is_there_is_at_most_6_kilobytes_gzipped(client):
    page = client.get(reverse("webchat:watch", args=[make_inbox("webchat").key])).content
    script = client.get(reverse("webchat:watch_script", args=[version_of(watch_script())])).content
    assert gzipped(page) + gzipped(script) <= 6_000, (gzipped(page), gzipped(script))
    assert b"<link" not in page  # style sheets come with the first card


@pytest.mark.django_db
@pytest.mark.parametrize("lang", ["en", "it", "ro", "zh-hans"])
def test_the_first_open_is_at_most_25_kilobytes_gzipped(client, lang):
    page = client.get(reverse("webchat:frame", args=[make_inbox("webchat").key]), {"lang": lang}).content
    addresses = {
        "loader": reverse("webchat:loader"),
        "script": reverse("webchat:script", args=[version_of(frame_script())]),
    }
    sizes = {"page": gzipped(page)} | {
        name: gzipped(client.get(url).content) for name, url in addresses.items()
    }
    for name in STYLES:
        with open(finders.find(name), "rb") as file:
            sizes[name] = gzipped(file.read())
    assert sum(sizes.values()) <= 25_000 - ANSWERS, sizes


def test_the_page_asks_for_nothing_that_is_not_counted_here(client, db):
    page = client.get(reverse("webchat:frame", args=[make_inbox("webchat").key])).content.decode()
    asked = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page)
    assert asked == [
        *(f"/static/{name}" for name in STYLES),
        reverse("webchat:script", args=[version_of(frame_script())]),
    ]


def test_the_script_is_kept_for_ever_but_not_by_a_page_from_before_an_update(client):
    present = client.get(reverse("webchat:script", args=[version_of(frame_script())]))
    assert "immutable" in present["Cache-Control"]
    older = client.get(reverse("webchat:script", args=["0" * 16]))
    assert older.content == present.content
    assert older["Cache-Control"] == "public, max-age=0"
