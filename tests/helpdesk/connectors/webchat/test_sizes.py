"""Lighter than anyone's: 2.5 kB before anybody wants it, 25 kB when it opens for the first time."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from helpdesk.connectors.webchat.scripts import frame_script, version_of
from tests.factories import make_inbox

STYLES = ["css/tokens.css", "widget/frame.css"]
ANSWERS = 2_000  # what the two first answers, the thread and the most read articles, may weigh


def gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def test_the_loader_is_at_most_2500_bytes_gzipped(client):
    script = client.get(reverse("webchat:loader")).content
    assert gzipped(script) <= 2_500, gzipped(script)


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
