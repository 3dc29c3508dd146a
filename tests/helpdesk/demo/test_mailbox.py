import asyncio
import smtplib
import threading
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import Envelope

from helpdesk.demo.models import SentMail
from helpdesk.demo.sink import keep_mail, run_sink

pytestmark = pytest.mark.urls("tests.helpdesk.demo.urls")


def a_mail(
    subject: str = "Re: My order", text: str = "Here it is: https://shop.example/rate/x/5/", html: str = ""
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "support@example.com", "carla@customer.example", subject
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def keep(mail: EmailMessage) -> int:
    envelope = Envelope()
    envelope.mail_from, envelope.rcpt_tos = "support@example.com", ["carla@customer.example"]
    envelope.content = mail.as_bytes()
    return keep_mail(envelope)


@pytest.fixture
def sink():
    """The real sink on a free port; gives the port."""
    said, loop = [], asyncio.new_event_loop()
    stop, listening = asyncio.Event(), threading.Event()

    def say(words: str) -> None:
        said.append(words)
        listening.set()

    thread = threading.Thread(
        target=lambda: loop.run_until_complete(run_sink("127.0.0.1", 0, stop=stop, say=say))
    )
    thread.start()
    assert listening.wait(10)
    yield int(said[0].rsplit(":", 1)[1])
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_in_the_mailbox_when_the_sink_says_250(sink, client):
    with smtplib.SMTP("127.0.0.1", sink) as smtp:
        code, words = send(smtp, a_mail("Grüße ✓"))
    assert (code, words[:5]) == (250, b"2.0.0")
    kept = SentMail.objects.get()
    assert (kept.subject, kept.recipients) == ("Grüße ✓", ["carla@customer.example"])
    assert "Grüße ✓" in client.get("/demo/mailbox/").content.decode()


def send(smtp: smtplib.SMTP, mail: EmailMessage) -> tuple[int, bytes]:
    smtp.ehlo()
    smtp.mail("support@example.com")
    smtp.rcpt("carla@customer.example")
    return smtp.data(mail.as_bytes())


@pytest.mark.django_db
def test_links_in_the_text_can_be_clicked(client):
    page = client.get(f"/demo/mailbox/{keep(a_mail())}/").content.decode()
    assert 'href="https://shop.example/rate/x/5/"' in page


@pytest.mark.django_db
def test_html_is_shown_in_a_sandbox_and_nowhere_else(client):
    number = keep(a_mail(html="<p>Hi <script>alert(1)</script></p>"))
    page = client.get(f"/demo/mailbox/{number}/").content.decode()
    assert "<script>alert" not in page
    frame = client.get(f"/demo/mailbox/{number}/html/")
    policy = frame["Content-Security-Policy"]
    assert (
        policy.startswith("sandbox ") and "allow-scripts" not in policy and "allow-same-origin" not in policy
    )
    assert "frame-ancestors 'self'" in policy


@pytest.mark.django_db
def test_the_search_finds_by_word_subject_and_address(client):
    keep(a_mail("Invoice", "the blue tent"))
    keep(a_mail("Survey", "the red tent"))
    found = client.get("/demo/mailbox/", {"q": "blue carla@customer.example"}).content.decode()
    assert "Invoice" in found and "Survey" not in found
    assert "No mail has these words" in client.get("/demo/mailbox/", {"q": "green"}).content.decode()


@pytest.mark.django_db
def test_the_list_refreshes_itself_without_the_frame(client):
    keep(a_mail("Invoice"))
    part = client.get("/demo/mailbox/", headers={"HX-Request": "true"}).content.decode()
    assert "Invoice" in part and "<html" not in part


@pytest.mark.django_db
def test_an_empty_mailbox_names_the_next_step(client):
    assert "/desk/" in client.get("/demo/mailbox/").content.decode()


@pytest.mark.django_db
@pytest.mark.urls("helpdesk.urls")
def test_without_demo_there_are_no_demo_pages(client):
    assert client.get("/demo/").status_code == 404
    assert client.get("/demo/mailbox/").status_code == 404
