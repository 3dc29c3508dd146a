"""What a browser needs to keep the desk as an app: its service worker and its manifest."""

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db


def test_the_worker_is_served_from_the_root_and_kept_nowhere(client):
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer["Cache-Control"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert client.post("/service-worker.js").status_code == 405


def test_the_manifest_names_the_helpdesk_and_icons_that_are_there(client, browser):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["start_url"] == "/desk/" and manifest["name"]
    for icon in manifest["icons"]:
        assert icon["src"].startswith(settings.STATIC_URL)
        assert client.get(icon["src"]).status_code == 200
    assert {"any", "maskable"} == {icon["purpose"] for icon in manifest["icons"]}
    for shortcut in manifest["shortcuts"]:
        assert browser.get(shortcut["url"]).status_code == 200
    assert 'rel="manifest" href="/manifest.webmanifest"' in browser.get("/notices/").content.decode()
