"""The webhooks of mail providers, called over HTTP with the payloads that their documentation shows."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.db import connection

from helpdesk.connectors.email.providers.calls import last_calls
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.models import Delivery, Message
from helpdesk.tickets.writing import reply
from tests.factories import by, handle_raw, make_agent, make_inbox, make_ticket
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "correct-horse"
RAW = mail("Où est ma commande ? 你好", to="support@example.com")
LATIN = mail("x").replace(b"utf-8", b"iso-8859-1").replace(b"\r\n\r\nx", b"\r\n\r\nO\xf9 est ma commande ?")


def inbox_with(provider):
    return make_inbox(
        address="support@example.com",
        options={"webhook_provider": provider},
        secrets={"webhook_secret": SECRET},
    )


@pytest.fixture
def call(live_server):
    """call(inbox, kind, ...): one request of the inbox's provider; `auth` as httpx takes it."""

    def send(inbox, kind="inbound", *, auth=("helpdesk", SECRET), provider="", method="POST", **options):
        provider = provider or inbox.options["webhook_provider"]
        url = f"{live_server.url}/hooks/mail/{inbox.key}/{provider}/{kind}/"
        return httpx.request(method, url, auth=auth, timeout=30, **options).status_code

    return send


def signed_by_mailgun(**fields):
    token, timestamp = uuid4().hex, str(int(time.time()))
    signature = hmac.new(b"key", f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return fields | {"token": token, "timestamp": timestamp, "signature": signature}


POSTMARK = {
    "FromName": "Carla",
    "From": "carla@customer.example",
    "FromFull": {"Email": "carla@customer.example", "Name": "Carla", "MailboxHash": ""},
    "To": "support@example.com",
    "ToFull": [{"Email": "support@example.com", "Name": "", "MailboxHash": ""}],
    "CcFull": [],
    "BccFull": [],
    "OriginalRecipient": "support@example.com",
    "Subject": "This is an inbound message",
    "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
    "ReplyTo": "",
    "Date": "Thu, 5 Apr 2012 16:59:01 +0200",
    "TextBody": "Where is my parcel?",
    "HtmlBody": "<p>Where is my parcel?</p>",
    "StrippedTextReply": "",
    "Tag": "",
    "Headers": [
        {"Name": "Return-Path", "Value": "<carla@customer.example>"},
        {"Name": "Message-ID", "Value": "<CAGXpo2@mail.customer.example>"},
        {"Name": "MIME-Version", "Value": "1.0"},
    ],
    "Attachments": [
        {
            "Name": "order.txt",
            "Content": b64encode(b"4711").decode(),
            "ContentType": "text/plain",
            "ContentLength": 4,
        }
    ],
}


def read_all():
    return [handle_raw(pk) for pk in RawMessage.objects.order_by("pk").values_list("pk", flat=True)]


def test_a_mail_that_comes_in_parts_is_put_together_and_becomes_a_ticket(call):
    inbox = inbox_with("postmark")
    assert call(inbox, json=POSTMARK) == 200
    raw = RawMessage.objects.get()
    assert (raw.door, raw.inbox, raw.recipient, raw.sender) == (
        "webhook",
        inbox,
        "support@example.com",
        "carla@customer.example",
    )
    message = handle_raw(raw.pk).message
    assert (message.subject, message.text) == ("This is an inbound message", "Where is my parcel?")
    assert message.external_id == "CAGXpo2@mail.customer.example"
    assert message.attachments.get().file.read() == b"4711"
    assert last_calls([inbox])[inbox.pk].status == 200


def test_the_same_call_again_is_one_message(call):
    inbox = inbox_with("postmark")
    for _ in range(2):
        assert call(inbox, json=POSTMARK) == 200
    assert len({bytes(raw.body) for raw in RawMessage.objects.all()}) == 1
    assert sorted(raw.outcome for raw in read_all()) == ["created", "duplicate"]


def test_a_raw_mail_is_stored_to_the_byte(call, settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    given = {
        "postmark": ("inbound", {"json": POSTMARK | {"RawEmail": RAW.decode()}}, RAW),
        "mailgun": ("inbound_mime", {"files": {"body-mime": (None, LATIN)}, "data": mailgun_fields()}, LATIN),
        "sendgrid": ("inbound", {"files": {"email": (None, LATIN)}, "data": {"envelope": ENVELOPE}}, LATIN),
        "sparkpost": ("inbound", {"json": [sparkpost_event(LATIN)]}, LATIN),
    }
    for provider, (kind, options, expected) in given.items():
        RawMessage.objects.all().delete()
        inbox = inbox_with(provider)
        assert (provider, call(inbox, kind, **options)) == (provider, 200)
        raw = RawMessage.objects.get()
        assert (provider, bytes(raw.body)) == (provider, expected)
        assert (raw.recipient, raw.sender) == ("support@example.com", "carla@customer.example")
        RawMessage.objects.all().delete()
        inbox.delete()


def mailgun_fields():
    return signed_by_mailgun(recipient="support@example.com", sender="carla@customer.example", subject="x")


ENVELOPE = json.dumps({"to": ["support@example.com"], "from": "carla@customer.example"})


def sparkpost_event(raw):
    return {
        "msys": {
            "relay_message": {
                "content": {
                    "email_rfc822": b64encode(raw).decode(),
                    "email_rfc822_is_base64": True,
                    "subject": "x",
                },
                "friendly_from": "carla@customer.example",
                "msg_from": "carla@customer.example",
                "rcpt_to": "support@example.com",
                "webhook_id": "4839201967643219",
                "protocol": "smtp",
            }
        }
    }


def test_the_parsed_forms_of_mailgun_and_sendgrid_are_put_together_with_their_files(call, settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    inbox = inbox_with("mailgun")
    headers = [
        ["Message-Id", "<mg@x>"],
        ["From", "Carla <carla@customer.example>"],
        ["To", "support@example.com"],
    ]
    fields = mailgun_fields() | {
        "message-headers": json.dumps([*headers, ["Subject", "My order"]]),
        "body-plain": "Where is it?",
        "attachment-count": "1",
    }
    files = {"attachment-1": ("a.pdf", b"%PDF\r\n\x00\xff", "application/pdf")}
    assert call(inbox, data=fields, files=files) == 200
    message = handle_raw(RawMessage.objects.get().pk).message
    assert (message.subject, message.text, message.external_id) == ("My order", "Where is it?", "mg@x")
    assert message.attachments.get().file.read() == b"%PDF\r\n\x00\xff"

    inbox = make_inbox(
        address="sales@example.com",
        options={"webhook_provider": "sendgrid"},
        secrets={"webhook_secret": SECRET},
    )
    fields = {
        "headers": "Message-ID: <sg@x>\nFrom: Carla <carla@customer.example>\nTo: sales@example.com\nSubject: Preis\n",
        "text": "Grüße",
        "charsets": '{"text":"utf-8"}',
        "envelope": json.dumps({"to": ["sales@example.com"], "from": "carla@customer.example"}),
        "attachments": "0",
    }
    assert call(inbox, data=fields, files={"nothing": (None, b"")}) == 200
    message = handle_raw(RawMessage.objects.get(inbox=inbox).pk).message
    assert (message.subject, message.text) == ("Preis", "Grüße")


def test_a_signature_is_checked_beside_the_secret(call, settings):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    lines = pem.decode().splitlines()
    settings.ANYMAIL = {"POSTAL_WEBHOOK_KEY": "".join(lines[1:-1])}
    inbox = inbox_with("postal")
    body = json.dumps(
        {"id": 1, "rcpt_to": "support@example.com", "mail_from": "carla@customer.example", "base64": True}
        | {"message": b64encode(LATIN).decode(), "size": "1"}
    ).encode()
    signature = b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA1())).decode()
    headers = {"Content-Type": "application/json", "X-Postal-Signature": signature}
    assert call(inbox, content=body + b" ", headers=headers) == 401
    assert not RawMessage.objects.exists()
    assert call(inbox, content=body, headers=headers) == 200
    assert bytes(RawMessage.objects.get().body) == LATIN
    settings.ANYMAIL = {}  # a signature is asked for and its key is not set: nothing comes in unchecked
    assert call(inbox, content=body, headers=headers) == 503
    assert "POSTAL_WEBHOOK_KEY" in last_calls([inbox])[inbox.pk].words


def test_without_the_secret_the_door_is_shut(call):
    inbox = inbox_with("postmark")
    for auth in (None, ("helpdesk", "wrong"), ("helpdesk", ""), (SECRET, "")):
        assert call(inbox, auth=auth, json=POSTMARK) == 401
    assert call(inbox, auth=("anybody", SECRET), method="HEAD") == 200
    assert last_calls([inbox])[inbox.pk].status == 401
    inbox.secrets = {}
    inbox.save()
    assert call(inbox, auth=("helpdesk", ""), json=POSTMARK) == 404
    assert not RawMessage.objects.exists()


def test_only_the_provider_that_the_inbox_names_may_call(call):
    inbox = inbox_with("postmark")
    assert call(inbox, provider="sendgrid", json=POSTMARK) == 404
    assert call(inbox, kind="elsewhere", json=POSTMARK) == 404
    assert call(make_inbox(), provider="postmark", json=POSTMARK) == 404
    inbox.is_active = False
    inbox.save()
    assert call(inbox, json=POSTMARK) == 404
    assert not RawMessage.objects.exists()


def test_guessing_the_secret_is_slowed_down(call, settings):
    settings.RATELIMIT_ENABLE = True
    inbox = inbox_with("postmark")
    # More than twice as many as a minute allows: one may end on the way.
    assert {call(inbox, auth=("x", str(number)), json={}) for number in range(2 * 30 + 1)} == {401, 429}


def test_mail_to_none_of_our_addresses_is_kept_in_the_webhooks_inbox(call):
    inbox, other = inbox_with("postmark"), make_inbox(address="sales@example.com")
    assert call(inbox, json=POSTMARK | {"OriginalRecipient": "typo@example.com"}) == 200
    assert call(inbox, json=POSTMARK | {"OriginalRecipient": "sales@example.com", "Subject": "y"}) == 200
    assert list(RawMessage.objects.order_by("pk").values_list("inbox", "recipient")) == [
        (inbox.pk, "typo@example.com"),
        (other.pk, "sales@example.com"),
    ]


def test_what_could_not_be_stored_is_called_for_again(call):
    inbox = inbox_with("postmark")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inboxes_rawmessage RENAME TO away")
    try:
        assert call(inbox, json=POSTMARK) == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO inboxes_rawmessage")
    assert last_calls([inbox])[inbox.pk].status == 500
    assert call(inbox, json=POSTMARK) == 200
    assert RawMessage.objects.count() == 1


def test_nonsense_from_the_provider_is_no_yes(call):
    inbox = inbox_with("postmark")
    assert call(inbox, content=b"{", headers={"Content-Type": "application/json"}) == 500
    assert call(inbox, json={"RecordType": "Bounce"}) == 503  # its other webhook, put at this address
    assert not RawMessage.objects.exists()


def test_a_large_mail_comes_in_and_a_too_large_one_does_not(call, settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    inbox, large = inbox_with("mailgun"), mail("x" * 8 * 2**20)
    assert call(inbox, "inbound_mime", files={"body-mime": (None, large)}, data=mailgun_fields()) == 200
    assert bytes(RawMessage.objects.get().body) == large
    settings.MAIL_MAX_BYTES = 2**20
    assert call(inbox, "inbound_mime", files={"body-mime": (None, large)}, data=mailgun_fields()) == 413
    assert RawMessage.objects.count() == 1


@pytest.fixture
def sent(smtp_sink):
    """An answer of ours, on its way to Carla."""
    inbox = inbox_with("postmark")
    ticket = make_ticket(inbox, email="carla@customer.example")
    message = reply(ticket, "Here it is.", by=by(make_agent()))
    Delivery.objects.filter(message=message).update(state=Delivery.State.SENT)
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT)
    return message


def state_of(message):
    return message.deliveries.get().state


def test_reports_of_a_provider_reach_the_very_recipient(call, sent, settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    inbox, our_id = sent.inbox, f"<{sent.external_id}>"
    deferred = {"email": "carla@customer.example", "event": "deferred", "smtp-id": our_id, "sg_event_id": "1"}
    deferred |= {"timestamp": 1700000000, "response": "450 busy"}
    use(inbox, "sendgrid")
    assert call(inbox, "tracking", json=[deferred]) == 200
    assert (state_of(sent), sent.deliveries.get().error) == ("delayed", "450 busy")

    use(inbox, "postmark")
    delivered = {
        "RecordType": "Delivery",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": "carla@customer.example",
        "DeliveredAt": "2026-11-05T16:33:54.9070259Z",
        "Details": "250 OK",
        "Metadata": {"message": sent.external_id},
    }
    assert call(inbox, "tracking", json=delivered) == 200
    assert state_of(sent) == "delivered"

    use(inbox, "mailgun")
    data = {
        "event": "failed",
        "severity": "permanent",
        "recipient": "carla@customer.example",
        "timestamp": 1700000000.0,
        "message": {"headers": {"message-id": sent.external_id}},
        "delivery-status": {"code": 550, "message": "5.1.1 No such user"},
    }
    event = {"signature": signed_by_mailgun(), "event-data": data}
    for _ in range(2):
        assert call(inbox, "tracking", json=event) == 200
    assert state_of(sent) == "failed"
    sent.refresh_from_db()
    assert (sent.state, "No such user" in sent.error) == ("failed", True)
    assert list(sent.delivery_attempts.order_by("pk").values_list("outcome", flat=True)) == [
        "delayed",
        "delivered",
        "bounced",
    ]


def use(inbox, provider):
    inbox.options = {"webhook_provider": provider}
    inbox.save()


def test_a_report_about_mail_that_is_not_ours_changes_nothing_and_is_taken(call, sent):
    told = {"RecordType": "Bounce", "Type": "HardBounce", "Email": "carla@customer.example", "ID": 5}
    assert call(sent.inbox, "tracking", json=told | {"MessageID": "elsewhere"}) == 200
    assert call(sent.inbox, "tracking", json=told | {"Details": "t1.m1.000000000000@example.com"}) == 200
    assert state_of(sent) == "sent"


def test_a_complaint_ends_surveys_for_the_customer(call, sent):
    told = {
        "RecordType": "SpamComplaint",
        "Type": "SpamComplaint",
        "Email": "carla@customer.example",
        "ID": 6,
    }
    assert call(sent.inbox, "tracking", json=told | {"Content": f"Message-ID: <{sent.external_id}>"}) == 200
    assert sent.ticket.contact.__class__.objects.get(pk=sent.ticket.contact_id).attributes["no_surveys"]
