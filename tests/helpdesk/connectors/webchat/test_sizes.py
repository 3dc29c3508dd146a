"""Lighter than anyone's: 2.5 kB before anybody wants it, 25 kB when it opens for the first time."""

import gzip

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from helpdesk.connectors.webchat.views import MODULES
from tests.factories import make_inbox

FIRST_OPEN = ["css/tokens.css", "widget/frame.css", "widget/frame.js", *MODULES]


def gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def test_the_loader_is_at_most_2500_bytes_gzipped(client):
    script = client.get(reverse("webchat:loader")).content
    assert gzipped(script) <= 2_500, gzipped(script)


@pytest.mark.django_db
def test_the_first_open_is_at_most_25_kilobytes_gzipped(client):
    page = client.get(reverse("webchat:frame", args=[make_inbox("webchat").key])).content
    sizes = {"page": gzipped(page), "loader": gzipped(client.get(reverse("webchat:loader")).content)}
    for name in FIRST_OPEN:
        with open(finders.find(name), "rb") as file:
            sizes[name] = gzipped(file.read())
    assert sum(sizes.values()) <= 25_000, sizes
