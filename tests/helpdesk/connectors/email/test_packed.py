"""Mail whose content is packed or sealed: winmail.dat, S/MIME, PGP, mails and invitations that hang on."""

import struct

import compressed_rtf
import pytest

from helpdesk.connectors.email.parsing.parse import parse_email
from helpdesk.connectors.email.parsing.tnef import SIGNATURE, read_tnef
from tests.effort import effort
from tests.helpdesk.connectors.email.samples import mail


def tnef_object(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(*, text: bytes = b"", rtf: bytes = b"", files: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
    out = SIGNATURE + b"\x01\x00" + tnef_object(1, 0x9006, 8, struct.pack("<I", 0x10000))
    out += tnef_object(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    if text:
        out += tnef_object(1, 0x800C, 2, text + b"\x00")
    if rtf:
        padded = rtf + bytes(-len(rtf) % 4)
        rtf_body = struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, len(rtf)) + padded
        out += tnef_object(1, 0x9003, 6, rtf_body)
    for name, content in files:
        out += tnef_object(2, 0x9002, 6, bytes(14))
        out += tnef_object(2, 0x8010, 1, name + b"\x00")
        out += tnef_object(2, 0x800F, 6, content)
    return out


def with_part(ctype: str, content: bytes, *, text: str = "See the file.", disposition: str = "") -> bytes:
    head = f"--b\r\n\r\n{text}\r\n--b\r\nContent-Type: {ctype}\r\n{disposition}\r\n"
    whole = mail("@", content_type="multipart/mixed; boundary=b")
    return whole.replace(b"@\r\n", head.encode() + content + b"\r\n--b--\r\n")


def test_the_files_of_a_winmail_dat_become_those_of_the_mail():
    data = winmail(text=b"inside", files=((b"offer.pdf", b"%PDF-1"), (b"photo.png", b"\x89PNG")))
    parsed = parse_email(with_part('application/ms-tnef; name="winmail.dat"', data))
    assert [(one.name, one.content_type, one.content) for one in parsed.attachments] == [
        ("offer.pdf", "application/pdf", b"%PDF-1"),
        ("photo.png", "image/png", b"\x89PNG"),
    ]
    assert parsed.text.strip() == "See the file."


def test_a_mail_that_is_all_winmail_dat_has_its_words():
    data = winmail(text=b"The words are in here.")
    parsed = parse_email(with_part("application/ms-tnef", data, text=""))
    assert parsed.text.strip() == "The words are in here." and not parsed.attachments


RTF = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\f0 Hello B\'e9a,\par where is my parcel? \u8364 ?\par}"


def test_a_mail_that_outlook_wrote_as_rtf_and_nothing_else_has_its_words():
    data = winmail(rtf=compressed_rtf.compress(RTF), files=((b"offer.pdf", b"%PDF-1"),))
    parsed = parse_email(with_part("application/ms-tnef", data, text=""))
    assert parsed.text.strip() == "Hello Béa,\nwhere is my parcel? €"
    assert [one.name for one in parsed.attachments] == ["offer.pdf"]


def test_broken_rtf_takes_no_file_with_it():
    for rtf in (compressed_rtf.compress(RTF)[:30], b"\xff" * 40, compressed_rtf.compress(b"{" * 5_000)):
        data = winmail(rtf=rtf, files=((b"offer.pdf", b"%PDF-1"),))
        parsed = parse_email(with_part("application/ms-tnef", data))
        assert [one.name for one in parsed.attachments] == ["offer.pdf"], rtf[:10]


def props(count: int, kind: int, many: int) -> bytes:
    return struct.pack("<IHHI", count, kind, 0x3001, many) + bytes(8)


@pytest.mark.parametrize(
    "data",
    [
        SIGNATURE,
        SIGNATURE + b"\x01\x00" + b"\xff" * 500,
        winmail(files=((b"a", b"b"),))[:40],
        SIGNATURE + b"\x01\x00" + tnef_object(1, 0x9003, 6, props(0xFFFFFFFF, 0x1003, 0xFFFFFFFF)),
        SIGNATURE + b"\x01\x00" + tnef_object(1, 0x9003, 6, props(0xFFFFFFFF, 3, 0)),
        SIGNATURE + b"\x01\x00" + tnef_object(2, 0x8800, 0, b"") * 200_000,
    ],
    ids=["nothing", "noise", "cut", "endless values", "endless properties", "endless objects"],
)
def test_a_winmail_dat_that_cannot_be_read_stays_a_file_and_takes_no_time(data):
    packed = with_part('application/ms-tnef; name="winmail.dat"', data)
    assert effort(lambda: parse_email(packed)) < 150
    parsed = parse_email(packed)
    assert [one.name for one in parsed.attachments] in ([], ["winmail.dat"])
    assert parsed.text.strip() == "See the file."


def test_what_is_no_tnef_is_none():
    assert read_tnef(b"") is None and read_tnef(b"PK\x03\x04") is None


def test_a_signed_mail_shows_its_text_and_keeps_the_signature():
    raw = with_part("application/pkcs7-signature", b"0\x80", text="Signed words.")
    parsed = parse_email(raw)
    assert parsed.text.strip() == "Signed words."
    assert [one.shown_name for one in parsed.attachments] == ["smime.p7s"]


def test_an_encrypted_mail_says_so_and_keeps_what_it_got():
    raw = mail(
        "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream; "
        'name="encrypted.asc"\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--',
        content_type='multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
    )
    parsed = parse_email(raw)
    assert "encrypted with PGP" in parsed.text
    assert [one.name for one in parsed.attachments] == ["encrypted.asc"]


@pytest.mark.parametrize(
    ("smime", "words"), [("enveloped-data", "encrypted with S/MIME"), ("signed-data", "signed with S/MIME")]
)
def test_a_mail_sealed_by_smime_says_how(smime, words):
    parsed = parse_email(mail("MIAG", content_type=f"application/pkcs7-mime; smime-type={smime}"))
    assert words in parsed.text
    assert [one.shown_name for one in parsed.attachments] == ["smime.p7m"]


@pytest.mark.parametrize(
    ("ctype", "name"),
    [
        ("message/rfc822", "message.eml"),
        ("text/calendar; method=REQUEST", "invite.ics"),
        ("application/pgp-signature", "signature.asc"),
        ("application/pdf", "file.pdf"),
        ("x-made/up", "file"),
    ],
)
def test_a_file_without_a_name_gets_one_that_says_what_it_is(ctype, name):
    content = mail("inner") if ctype.startswith("message/") else b"x"
    assert [one.shown_name for one in parse_email(with_part(ctype, content)).attachments] == [name]


def test_a_mail_that_is_nothing_but_an_invitation_has_it_as_a_file_and_no_text():
    parsed = parse_email(
        mail("BEGIN:VCALENDAR\r\nEND:VCALENDAR", content_type="text/calendar; method=REQUEST")
    )
    (file,) = parsed.attachments
    assert (file.shown_name, file.content_type) == ("invite.ics", "text/calendar")
    assert file.content.startswith(b"BEGIN:VCALENDAR")
    assert (parsed.text, parsed.new_text) == ("", "")
