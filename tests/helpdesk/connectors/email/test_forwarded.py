"""Forwards as the mail programs of our customers' colleagues write them; all of these are our own words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.connectors.email.parsing.forwarded import read_forwarded
from helpdesk.connectors.email.parsing.parse import parse_email
from helpdesk.connectors.email.parsing.written_dates import read_written_date
from tests.helpdesk.connectors.email.samples import mail

NOTE = "Please look at this one."
BODY = "Good morning,\n\nmy parcel is lost.\n\nCarla"

INLINE = {
    "gmail en": "---------- Forwarded message ---------\nFrom: Carla Bianchi <carla@customer.example>\nDate: Mon, Jan 5, 2026 at 10:12 AM\n"
    "Subject: Lost parcel\nTo: Shop <shop@example.com>\n\n\n",
    "gmail it": "---------- Forwarded message ---------\nDa: Carla Bianchi <carla@customer.example>\nDate: lun 5 gen 2026 alle ore 10:12\n"
    "Subject: Lost parcel\nTo: Shop <shop@example.com>\n\n\n",
    "gmail ro": "---------- Forwarded message ---------\nDe la: Carla Bianchi <carla@customer.example>\nDate: lun., 5 ian. 2026 la 10:12\n"
    "Subject: Lost parcel\nTo: Shop <shop@example.com>\n\n\n",
    "gmail zh": "---------- Forwarded message ---------\n发件人： Carla Bianchi <carla@customer.example>\nDate: 2026年1月5日周一 10:12\n"
    "Subject: Lost parcel\nTo: Shop <shop@example.com>\n\n\n",
    "apple en": "Begin forwarded message:\n\n> From: Carla Bianchi <carla@customer.example>\n> Subject: Lost parcel\n"
    "> Date: 5 January 2026 at 10:12:00 GMT\n> To: Shop <shop@example.com>\n> \n",
    "apple it": "Inizio messaggio inoltrato:\n\n> Da: Carla Bianchi <carla@customer.example>\n> Oggetto: Lost parcel\n"
    "> Data: 5 gennaio 2026 alle ore 10:12:00 GMT\n> A: Shop <shop@example.com>\n> \n",
    "apple de": "Anfang der weitergeleiteten Nachricht:\n\nVon: Carla Bianchi <carla@customer.example>\nBetreff: Lost parcel\n"
    "Datum: 5. Januar 2026 um 10:12:00 GMT\nAn: Shop <shop@example.com>\n\n",
    "apple fr": "Début du message réexpédié :\n\nDe: Carla Bianchi <carla@customer.example>\nObjet: Lost parcel\n"
    "Date: 5 janvier 2026 à 10:12:00 UTC\nÀ: Shop <shop@example.com>\n\n",
    "thunderbird en": "-------- Forwarded Message --------\nSubject: \tLost parcel\nDate: \tMon, 5 Jan 2026 11:12:00 +0100\n"
    "From: \tCarla Bianchi <carla@customer.example>\nTo: \tShop <shop@example.com>\n\n\n\n",
    "thunderbird it": "-------- Messaggio Inoltrato --------\nOggetto: \tLost parcel\nData: \tMon, 5 Jan 2026 11:12:00 +0100\n"
    "Mittente: \tCarla Bianchi <carla@customer.example>\nA: \tShop <shop@example.com>\n\n\n\n",
    "thunderbird de": "-------- Weitergeleitete Nachricht --------\nBetreff: \tLost parcel\nDatum: \tMon, 5 Jan 2026 11:12:00 +0100\n"
    "Von: \tCarla Bianchi <carla@customer.example>\nAn: \tShop <shop@example.com>\n\n\n\n",
    "thunderbird es": "-------- Mensaje reenviado --------\nAsunto: \tLost parcel\nFecha: \tMon, 5 Jan 2026 11:12:00 +0100\n"
    "De: \tCarla Bianchi <carla@customer.example>\nPara: \tShop <shop@example.com>\n\n\n\n",
    "thunderbird fr": "-------- Message transféré --------\nSujet : \tLost parcel\nDate : \tMon, 5 Jan 2026 11:12:00 +0100\n"
    "De : \tCarla Bianchi <carla@customer.example>\nPour : \tShop <shop@example.com>\n\n\n\n",
    "yahoo en": "----- Forwarded Message -----\nFrom: Carla Bianchi <carla@customer.example>\nTo: Shop <shop@example.com>\n"
    "Sent: Monday, January 5, 2026 at 10:12:00 AM UTC\nSubject: Lost parcel\n\n",
    "yahoo it": "----- Messaggio inoltrato -----\nDa: Carla Bianchi <carla@customer.example>\nA: Shop <shop@example.com>\n"
    "Inviato: lunedì 5 gennaio 2026 alle ore 10:12:00 UTC\nOggetto: Lost parcel\n\n",
    "outlook en": "________________________________\nFrom: Carla Bianchi <carla@customer.example>\nSent: Monday, January 5, 2026 10:12 AM\n"
    "To: Shop <shop@example.com>\nSubject: Lost parcel\n\n",
    "outlook desktop": "-----Original Message-----\nFrom: Carla Bianchi [mailto:carla@customer.example] \nSent: Monday, January 5, 2026 10:12 AM\n"
    "To: Shop <shop@example.com>\nSubject: Lost parcel\n\n",
    "outlook twice": "From: Carla Bianchi <carla@customer.example<mailto:carla@customer.example>>\nSent: Monday, January 5, 2026 10:12 AM\n"
    "To: Shop <shop@example.com<mailto:shop@example.com>>\nSubject: Lost parcel\n\n",
    "outlook it": "________________________________\nDa: Carla Bianchi <carla@customer.example>\nInviato: lunedì 5 gennaio 2026 10:12\n"
    "A: Shop <shop@example.com>\nOggetto: Lost parcel\n\n",
    "outlook ro": "________________________________\nDe la: Carla Bianchi <carla@customer.example>\nTrimis: luni, 5 ianuarie 2026 10:12\n"
    "Către: Shop <shop@example.com>\nSubiect: Lost parcel\n\n",
    "outlook zh": "________________________________\n发件人: Carla Bianchi <carla@customer.example>\n发送时间: 2026年1月5日 10:12\n"
    "收件人: Shop <shop@example.com>\n主题: Lost parcel\n\n",
    "outlook de": "________________________________\nVon: Carla Bianchi <carla@customer.example>\nGesendet: Montag, 5. Januar 2026 10:12\n"
    "An: Shop <shop@example.com>\nBetreff: Lost parcel\n\n",
    "outlook fr": "________________________________\nDe : Carla Bianchi <carla@customer.example>\nEnvoyé : lundi 5 janvier 2026 10:12\n"
    "À : Shop <shop@example.com>\nObjet : Lost parcel\n\n",
    "outlook es": "________________________________\nDe: Carla Bianchi <carla@customer.example>\nEnviado: lunes, 5 de enero de 2026 10:12\n"
    "Para: Shop <shop@example.com>\nAsunto: Lost parcel\n\n",
    "outlook mac": "From: Carla Bianchi <carla@customer.example>\nDate: Monday, 5 January 2026 at 10:12\nTo: Shop <shop@example.com>\n"
    "Subject: Lost parcel\n\n",
    "bold": "*From:* Carla Bianchi <carla@customer.example>\n*Sent:* Monday, January 5, 2026 10:12 AM\n*To:* Shop <shop@example.com>\n"
    "*Subject:* Lost parcel\n\n",
}  # fmt: skip
PREFIXES = {"it": "I", "ro": "FW", "zh": "转发", "de": "WG", "fr": "TR", "es": "RV"}


def quoted_like(header: str) -> str:
    return "\n".join(f"> {line}" for line in BODY.split("\n")) if "\n> " in header else BODY


@pytest.mark.parametrize("name", INLINE)
@pytest.mark.parametrize("note", [NOTE, ""])
def test_a_forward_gives_up_its_inner_sender_date_subject_and_words(name, note):
    header = INLINE[name]
    subject = f"{PREFIXES.get(name[-2:], 'Fwd')}: Lost parcel"
    raw = mail(f"{note}\n\n{header}{quoted_like(header)}".lstrip(), subject=encoded(subject))
    inner = read_forwarded(parse_email(raw))
    assert inner is not None
    assert inner.sender == ("Carla Bianchi", "carla@customer.example")
    assert [box.addr for box in inner.to] == ["shop@example.com"]
    assert inner.subject == "Lost parcel"
    assert inner.date == datetime(2026, 1, 5, 10, 12, tzinfo=UTC)
    assert inner.text == BODY
    assert inner.note == note
    assert not inner.is_attached


def encoded(subject: str) -> str:
    return "=?utf-8?q?" + "".join(f"={byte:02X}" for byte in subject.encode()) + "?="


HTML = {
    "gmail": '<div dir="ltr">Please look.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>'
    'From: <strong class="gmail_sendername" dir="auto">Carla Bianchi</strong> <span dir="auto">&lt;<a href="mailto:carla@customer.example">'
    "carla@customer.example</a>&gt;</span><br>Date: Mon, Jan 5, 2026 at 10:12 AM<br>Subject: Lost parcel<br>To: Shop &lt;<a "
    'href="mailto:shop@example.com">shop@example.com</a>&gt;<br></div><br><br><div dir="ltr">My <b>parcel</b> is lost.<img src="cid:p1"></div></div></div>',
    "outlook": "<html><body><p>Please look.</p><div style='border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Carla Bianchi &lt;carla@customer.example&gt;<br>"
    "<b>Sent:</b> Monday, January 5, 2026 10:12 AM<br><b>To:</b> Shop &lt;shop@example.com&gt;<br><b>Subject:</b> Lost parcel</p></div>"
    '<p>My <b>parcel</b> is lost.<img src="cid:p1"></p></body></html>',
    "thunderbird": "<html><body><p>Please look.</p><div class='moz-forward-container'><br><br>-------- Forwarded Message --------<table "
    "class='moz-email-headers-table'><tbody><tr><th>Subject: </th><td>Lost parcel</td></tr><tr><th>Date: </th><td>Mon, 5 Jan 2026 11:12:00 +0100"
    "</td></tr><tr><th>From: </th><td>Carla Bianchi <a href='mailto:carla@customer.example'>&lt;carla@customer.example&gt;</a></td></tr><tr><th>To: "
    "</th><td>Shop <a>&lt;shop@example.com&gt;</a></td></tr></tbody></table><br><br><p>My <b>parcel</b> is lost.<img src='cid:p1'></p></div></body></html>",
    "apple": "<html><body>Please look.<br><div><br><blockquote type='cite'><div>Begin forwarded message:</div><br><div><span><b>From: </b></span><span>"
    "Carla Bianchi &lt;<a href='mailto:carla@customer.example'>carla@customer.example</a>&gt;<br></span></div><div><span><b>Subject: </b></span><span><b>Lost "
    "parcel</b><br></span></div><div><span><b>Date: </b></span><span>5 January 2026 at 10:12:00 GMT<br></span></div><div><span><b>To: </b></span><span>Shop "
    "&lt;shop@example.com&gt;<br></span></div><br><div><p>My <b>parcel</b> is lost.<img src='cid:p1'></p></div></blockquote></div></body></html>",
}  # fmt: skip


@pytest.mark.parametrize("name", HTML)
def test_the_html_of_a_forward_begins_where_the_inner_mail_begins(name):
    raw = mail(HTML[name], subject="Fwd: Lost parcel", content_type="text/html; charset=utf-8")
    inner = read_forwarded(parse_email(raw))
    assert inner.sender == ("Carla Bianchi", "carla@customer.example")
    assert inner.subject == "Lost parcel" and inner.date == datetime(2026, 1, 5, 10, 12, tzinfo=UTC)
    assert inner.note == "Please look."
    assert inner.text == "My parcel is lost."
    assert "My <b>parcel</b> is lost." in inner.html and 'src="cid:p1"' in inner.html
    assert "Please look" not in inner.html and "Subject" not in inner.html


@pytest.mark.parametrize("name", INLINE)
def test_an_answer_to_a_forward_is_none(name):
    body = (
        f"Thank you.\n\nOn Mon, Jan 5, 2026 at 11:00 AM, Bob <bob@x.example> wrote:\n\n> {INLINE[name]}{BODY}"
    )
    assert read_forwarded(parse_email(mail(body, subject="Lost parcel"))) is None
    assert read_forwarded(parse_email(mail(INLINE[name] + BODY, subject="Re: Lost parcel"))) is None


@pytest.mark.parametrize(
    "body",
    [
        "Forwarded message\nis what I wanted to send.",
        "---------- Forwarded message ---------\n\nnothing here",
        "---------- Forwarded message ---------\nFrom: Carla Bianchi\nDate: 5 May\n\nno address",
        "My question: what is a forward?\nFrom: Rome\nTo: Milan",
        "Hello\n\nFrom: Carla <carla@customer.example>\nSent: Monday, January 5, 2026 10:12 AM\nTo: Shop\nSubject: x\n\nhistory",
        "",
    ],
)
def test_what_is_not_clearly_a_forward_is_none(body):
    assert read_forwarded(parse_email(mail(body, subject="My order"))) is None


def test_a_mail_that_hangs_on_whole_is_a_forward_too():
    inner = mail("My parcel is lost.", subject="Lost parcel").decode()
    raw = mail(
        f"--b\r\n\r\nPlease look.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--",
        from_="Bob <bob@shop.example>",
        subject="Fwd: Lost parcel",
        content_type="multipart/mixed; boundary=b",
    )
    found = read_forwarded(parse_email(raw))
    assert found.is_attached and found.sender == ("Carla", "carla@customer.example")
    assert (found.note, found.text.strip()) == ("Please look.", "My parcel is lost.")
    assert found.message_id == "m1@customer.example"


def test_two_mails_that_hang_on_are_no_forward():
    inner = mail("x").decode()
    part = f"--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n"
    raw = mail(f"{part}{part}--b--", content_type="multipart/mixed; boundary=b", subject="Fwd: x")
    assert read_forwarded(parse_email(raw)) is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Mon, Jan 5, 2026 at 10:12 PM", (2026, 1, 5, 22, 12)),
        ("Sunday, May 3, 2026 12:05 AM", (2026, 5, 3, 0, 5)),
        ("2026年1月5日(星期一) 下午3:12", (2026, 1, 5, 15, 12)),
        ("mar. 6 juin 2026 à 10:12", (2026, 6, 6, 10, 12)),
        ("joi, 2 iul. 2026 la 10:12", (2026, 7, 2, 10, 12)),
        ("5 juillet 2026 à 10:12:33 UTC+2", (2026, 7, 5, 8, 12, 33)),
        ("Mon, 5 Jan 2026 10:12:00 +0100", (2026, 1, 5, 9, 12)),
        ("2026-01-05 10:12", (2026, 1, 5, 10, 12)),
        ("05.01.26 10:12", (2026, 1, 5, 10, 12)),
        ("31/12/2025 23:59", (2025, 12, 31, 23, 59)),
    ],
)
def test_a_date_written_for_people_is_read(written, moment):
    assert read_written_date(written) == datetime(*moment, tzinfo=UTC)


def test_where_day_and_month_may_be_either_the_later_one_before_the_forward_is_meant():
    outer = datetime(2026, 5, 2, tzinfo=UTC)
    assert read_written_date("05/01/2026 10:12", before=outer) == datetime(2026, 5, 1, 10, 12, tzinfo=UTC)
    outer = datetime(2026, 1, 6, tzinfo=UTC)
    assert read_written_date("05/01/2026 10:12", before=outer) == datetime(2026, 1, 5, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["", "yesterday", "99 Jan 2026", "2026", "5 May", "31/31/2026", "9" * 500]
)
def test_a_date_that_is_none_is_none(written):
    assert read_written_date(written) is None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(INLINE.values())), st.text(max_size=60), st.integers(0, 150))
def test_a_forward_with_any_damage_is_read_or_not_but_never_raises(header, noise, at):
    text = header[:at] + noise + header[at:] + BODY
    found = read_forwarded(parse_email(mail(text, subject="Fwd: x", content_type="text/html")))
    assert found is None or "@" in found.sender.addr
