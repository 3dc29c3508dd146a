"""Files that a visitor sends."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from helpdesk.connectors.webchat import uploads
from helpdesk.inboxes.contract import InboundFile
from helpdesk.tickets.models import Message
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def test_files_come_with_a_message_and_pictures_are_shown(browse):
    browser = browse()
    files = [SimpleUploadedFile("boot.png", PNG), SimpleUploadedFile("order.pdf", b"%PDF-1.7")]
    form = {"uuid": uuid4().hex, "text": "", "files": files}
    sent = browser.client.post(browser.address("messages"), form, headers={"X-Visitor": browser.token}).json()
    message = Message.objects.get()
    assert [file.content_type for file in message.attachments.order_by("pk")] == [
        "image/png",
        "application/pdf",
    ]
    assert sent["html"].count("<img") == 1
    assert "order.pdf" in sent["html"]


def test_a_picture_of_the_team_says_in_words_what_it_shows(browse):
    browser = browse()
    browser.client.post(
        browser.address("messages"),
        {"uuid": uuid4().hex, "text": "Where?"},
        headers={"X-Visitor": browser.token},
    )
    files = [InboundFile("b.png", "image/png", PNG, description="The red button")]
    reply(Message.objects.get().ticket, "There", by=by(make_agent()), files=files)
    shown = [message["html"] for message in browser.post("start").json()["messages"]]
    assert sum('alt="The red button"' in html for html in shown) == 1


def test_a_page_that_calls_itself_a_picture_is_only_a_download(browse):
    browser = browse()
    fake = SimpleUploadedFile("boot.png", b"<script>alert(1)</script>", content_type="text/html")
    form = {"uuid": uuid4().hex, "text": "Look", "files": [fake]}
    browser.client.post(browser.address("messages"), form, headers={"X-Visitor": browser.token})
    assert Message.objects.get().attachments.get().content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("run.exe", b"MZ")], "run.exe"),
        ([("page.html", b"<p>")], "page.html"),
        ([("logo.svg", b"<svg/>")], "logo.svg"),
        ([(f"{number}.png", PNG) for number in range(6)], "5"),
    ],
)
def test_files_of_the_wrong_kind_or_too_many_are_refused_in_words(browse, files, words):
    browser = browse()
    form = {
        "uuid": uuid4().hex,
        "text": "Look",
        "files": [SimpleUploadedFile(name, content) for name, content in files],
    }
    refused = browser.client.post(browser.address("messages"), form, headers={"X-Visitor": browser.token})
    assert refused.status_code == 400
    assert words in refused.json()["reason"]
    assert not Message.objects.exists()


def test_a_file_over_the_limit_is_refused_with_the_limit(browse):
    browser = browse()
    large = SimpleUploadedFile("film.mp4", b"0" * (uploads.MOST_BYTES + 1))
    form = {"uuid": uuid4().hex, "text": "Look", "files": [large]}
    refused = browser.client.post(browser.address("messages"), form, headers={"X-Visitor": browser.token})
    assert refused.json()["reason"] == "film.mp4 is larger than 10 MB."
