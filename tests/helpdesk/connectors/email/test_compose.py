"""What our mails look like on the wire: MIME, headers, signatures, and what a spam filter thinks of them."""

import email
import re
import subprocess
from email.header import decode_header, make_header

import dkim
import pytest

from helpdesk.connectors.email.compose import compose_mail
from helpdesk.connectors.email.dkim import dns_name, dns_record, new_key
from helpdesk.connectors.email.signing import signed_mail
from helpdesk.connectors.email.transport import as_bytes
from helpdesk.errors import Invalid
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundFile
from helpdesk.tickets.actions import close_ticket, transfer_ticket
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.files import attach_files
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.writing import begin_ticket, reply
from tests.factories import by, handle_raw, make_agent, make_contact, make_department, make_inbox
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db
CARLA = "carla@customer.example"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


@pytest.fixture
def inbox(settings):
    settings.PUBLIC_URL = "https://help.example.com"
    return make_inbox(address="support@example.com", name="Größe & Söhne")


@pytest.fixture
def alice():
    return make_agent("Alice Moreau", signature="Alice Moreau\nGröße & Söhne, Bolzano")


@pytest.fixture
def ticket(inbox):
    raw = store_raw(
        mail("Where is my parcel?"), inbox=inbox, door="smtp", sender=CARLA, recipient="support@example.com"
    )
    return handle_raw(raw.pk).ticket


def on_the_wire(message) -> bytes:
    return as_bytes(compose_mail(message))


def said(part) -> str:
    return part.get_payload(decode=True).decode().replace("\r\n", "\n")


def survey_of(ticket, alice):
    reply(ticket, "Done", by=by(alice))
    close_ticket(ticket, by=SYSTEM)
    return send_survey(Event.objects.get(ticket=ticket, name="ticket.closed")).message


def test_the_subject_does_not_name_the_ticket_that_this_one_was_split_off_from(inbox, alice, ticket):
    subject = f"Invoice [#{ticket.pk}] of [#4711]"  # the second is somebody else's
    contact = make_contact("Carla", CARLA)
    begun = begin_ticket(contact=contact, inbox=inbox, subject=subject, text="Hi", by=by(alice))
    begun.follow_up_of = ticket
    begun.save()
    said_subject = email.message_from_bytes(on_the_wire(begun.messages.get()))["Subject"]
    assert said_subject == f"Invoice of [#4711] [#{begun.pk}]"


def test_names_and_subjects_beyond_ascii_come_back_as_they_were(inbox, alice):
    subject = "Ihre Größe: 请看 – ăâîșț " + "lang" * 30
    contact = make_contact(email=CARLA)
    begun = begin_ticket(contact=contact, inbox=inbox, subject=subject, text="Hi", by=by(alice))
    raw = on_the_wire(begun.messages.get())
    head = raw.split(b"\r\n\r\n")[0]
    assert head.isascii() and max(map(len, raw.split(b"\r\n"))) <= 200
    parsed = email.message_from_bytes(raw)
    assert str(make_header(decode_header(parsed["Subject"]))) == f"{begun.subject} [#{begun.pk}]"
    assert "Größe & Söhne" in str(make_header(decode_header(parsed["From"])))


def test_lines_of_any_length_and_language_pass_a_seven_bit_server(ticket, alice):
    text = "漢字" * 3000 + "\n.\nFrom the beginning\n" + "x" * 5000
    raw = on_the_wire(reply(ticket, text, by=by(alice)))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    plain, html = email.message_from_bytes(raw).get_payload()
    assert said(plain).startswith(text)
    assert "漢字" * 3000 in said(html)


def test_who_has_no_signature_signs_as_their_department_does(ticket):
    billing = make_department("Billing", signature="Billing at Größe & Söhne")
    ticket = transfer_ticket(ticket, to=billing, by=SYSTEM)
    parsed = email.message_from_bytes(on_the_wire(reply(ticket, "On its way", by=by(make_agent("Bo")))))
    assert "\n-- \nBilling at Größe & Söhne" in said(parsed.get_payload()[0])


def test_text_and_html_both_carry_answer_signature_and_the_mail_that_is_answered(ticket, alice):
    ticket.messages.update(text="Where is my parcel?\n> you wrote before\nIt was to come on Monday.")
    parsed = email.message_from_bytes(
        on_the_wire(reply(ticket, "On its way: https://x.example/1", by=by(alice)))
    )
    assert parsed.get_content_type() == "multipart/alternative"
    plain, html = map(said, parsed.get_payload())
    assert "\n-- \nAlice Moreau\n" in plain
    assert "> Where is my parcel?\n>> you wrote before\n> It was to come" in plain
    assert '<a href="https://x.example/1"' in html and "Alice Moreau<br>" in html
    assert "<blockquote" in html and "Where is my parcel?" in html
    assert re.search(r'<html lang="[a-z]', html), "screen readers are told the language"
    assert "src=" not in html, "nothing is fetched by reading it"


def test_files_arrive_byte_by_byte_under_their_names(ticket, alice):
    files = [
        InboundFile("Rechnung Größe 2026.txt", "text/plain", b"a\r\nb\nc\xff"),
        InboundFile("evil\r\nX-Header: 1.bin", "text/plain; charset=x\r\nBcc: y", b"1"),
        InboundFile("mail.eml", "message/rfc822", b"Subject: x\n\nbody\n"),
    ]
    raw = on_the_wire(reply(ticket, "See there", by=by(alice), files=files))
    parts = email.message_from_bytes(raw).get_payload()[1:]
    assert [part.get_payload(decode=True) for part in parts] == [file.content for file in files]
    assert parts[0].get_filename() == "Rechnung Größe 2026.txt"
    assert b"\r\nX-Header" not in raw and b"\r\nBcc" not in raw


def test_a_picture_in_the_answer_s_html_stands_beside_the_text_and_not_among_the_files(ticket, alice):
    html = '<p>Press here: <img src="cid:shot1@desk"></p>'
    message = reply(ticket, "Press here", html=html, by=by(alice))
    shot = InboundFile("shot.png", "image/png", PIXEL, content_id="shot1@desk", is_inline=True)
    attach_files(message, [shot, InboundFile("invoice.pdf", "application/pdf", b"%PDF-1.4")])
    root = email.message_from_bytes(on_the_wire(message))
    assert root.get_content_type() == "multipart/mixed"
    alternative, invoice = root.get_payload()
    related = alternative.get_payload()[1]
    assert (related.get_content_type(), related.get_param("type")) == ("multipart/related", "text/html")
    text, picture = related.get_payload()
    assert "cid:shot1@desk" in text.get_payload(decode=True).decode()
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<shot1@desk>", "inline")
    assert invoice.get_filename() == "invoice.pdf"


def test_a_picture_that_was_described_stands_below_the_words_and_says_so_to_who_cannot_see_it(ticket, alice):
    shot = InboundFile("shot.png", "image/png", PIXEL, description='The "red" button')
    files = [shot, InboundFile("plan.png", "image/png", PIXEL)]
    root = email.message_from_bytes(on_the_wire(reply(ticket, "Press here", by=by(alice), files=files)))
    alternative, plan = root.get_payload()
    html, picture = alternative.get_payload()[1].get_payload()
    content_id = picture["Content-ID"].strip("<>")
    assert f'<img src="cid:{content_id}" alt="The &quot;red&quot; button"' in said(html)
    assert (plan.get_filename(), plan.get_content_disposition()) == ("plan.png", "attachment")


def test_an_automatic_answer_carries_no_word_of_the_mail_it_answers(ticket):
    """Whoever forges a sender would have us bring their words to anybody, signed by us."""
    raw = on_the_wire(reply(ticket, "We got it.", by=Actor("trigger", None, "Hello")))
    parts = [said(part) for part in email.message_from_bytes(raw).walk() if not part.is_multipart()]
    assert len(parts) == 2
    assert not any("parcel" in part for part in parts)


def test_an_automatic_answer_says_so_to_every_kind_of_program(ticket):
    parsed = email.message_from_bytes(
        on_the_wire(reply(ticket, "We got it.", by=Actor("trigger", None, "Hello")))
    )
    assert parsed["Auto-Submitted"] == "auto-replied"
    assert (parsed["X-Auto-Response-Suppress"], parsed["Precedence"]) == ("All", "auto_reply")


def test_a_survey_has_two_ways_out_and_one_of_them_takes_a_click(ticket, alice):
    parsed = email.message_from_bytes(on_the_wire(survey_of(ticket, alice)))
    ways = re.fullmatch(r"<(https://\S+)>,\s+<mailto:(\S+)>", parsed["List-Unsubscribe"].strip())
    assert ways[1].startswith("https://help.example.com/unsubscribe/")
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = parsed.get_payload()[1].get_payload(decode=True).decode()
    assert ways[1] in html


@pytest.fixture
def signing_inbox(inbox):
    inbox.options = {"dkim_domain": "example.com", "dkim_selector": "desk"}
    inbox.secrets = {"dkim_key": new_key()}
    inbox.save()
    return inbox


def dns_of(inbox):
    def look_up(name, timeout=5):
        assert name.decode().rstrip(".") == dns_name(inbox) == "desk._domainkey.example.com"
        return dns_record(inbox.secrets["dkim_key"]).encode()

    return look_up


def test_a_signed_mail_is_verified_and_a_tampered_one_is_not(signing_inbox, ticket, alice):
    signed = signed_mail(on_the_wire(survey_of(ticket, alice)), signing_inbox)
    look_up = dns_of(signing_inbox)
    assert dkim.verify(signed, dnsfunc=look_up)
    names = re.search(rb"h=([^;]+);", signed)[1].replace(b"\r\n", b"").replace(b" ", b"").lower().split(b":")
    assert {b"from", b"subject", b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted"} <= set(
        names
    )
    for old, new in (
        (b"How was our help", b"How was our gift"),
        (b"One-Click", b"Two-Click"),
        (b"Subject: ", b"Subject: x"),
        (b"From: ", b"From: Mallory <m@evil.example>\r\nFrom: "),
    ):
        tampered = signed.replace(old, new, 1)
        assert tampered != signed and not dkim.verify(tampered, dnsfunc=look_up)


def test_a_mail_is_not_sent_unsigned_because_its_key_is_broken(signing_inbox, ticket, alice):
    signing_inbox.secrets = {
        "dkim_key": "-----BEGIN RSA PRIVATE KEY-----\nnone\n-----END RSA PRIVATE KEY-----"
    }
    with pytest.raises(Invalid, match="DKIM"):
        signed_mail(on_the_wire(reply(ticket, "Hi", by=by(alice))), signing_inbox)
    with pytest.raises(Invalid):
        dns_record("no key at all")


def test_an_inbox_without_a_key_signs_nothing(inbox, ticket, alice):
    raw = on_the_wire(reply(ticket, "Hi", by=by(alice)))
    assert signed_mail(raw, inbox) == raw


def spam_points(raw: bytes) -> tuple[float, str]:
    """What SpamAssassin's own rules say, without any look at the network."""
    told = subprocess.run(
        ["spamassassin", "-L", "-t"], input=raw, capture_output=True, timeout=120
    ).stdout.decode("utf-8", "replace")
    found = re.search(r"Content analysis details:\s+\((-?[\d.]+) points", told)
    return float(found[1]), told[-3000:]


def test_a_spam_filter_has_nothing_against_our_mails(signing_inbox, ticket, alice):
    answer = reply(ticket, "It left us this morning and should be with you on Thursday.", by=by(alice))
    automatic = reply(ticket, "We got your message and answer within a day.", by=SYSTEM)
    first = begin_ticket(
        contact=make_contact("Dora"),
        inbox=signing_inbox,
        subject="Your order 4711",
        text="One tent is missing.",
        by=by(alice),
    ).messages.get()
    for message in (answer, automatic, first, survey_of(ticket, alice)):
        points, told = spam_points(signed_mail(on_the_wire(message), signing_inbox))
        assert points < 2, told
