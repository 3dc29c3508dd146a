import pytest

from helpdesk.connectors.email.imap.oversize import header_with_note
from helpdesk.connectors.email.parsing.forwarded import read_forwarded
from helpdesk.connectors.email.parsing.language import detect_language
from helpdesk.connectors.email.parsing.parse import parse_email
from helpdesk.connectors.email.reading import language_of
from tests.helpdesk.connectors.email.samples import mail


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Good morning, where is my parcel? I ordered it two weeks ago.", "en"),
        ("Buongiorno, dove si trova il mio pacco? L'ho ordinato due settimane fa.", "it"),
        ("Bună ziua, unde este coletul meu? L-am comandat acum două săptămâni.", "ro"),
        ("Guten Tag, wo bleibt mein Paket? Ich habe es vor zwei Wochen bestellt.", "de"),
        ("你好，我的包裹在哪里？两个星期前订的。", "zh"),
        ("你好，我的包裹在哪裡？兩個星期前訂的。", "zh"),
        ("退款", "zh"),
        ("OK", ""),
        ("4711 / 0815", ""),
        ("https://shop.example/orders/4711", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text_is_known_or_said_to_be_unsure(text, code):
    assert detect_language(text) == code


def test_a_short_text_is_read_with_its_subject():
    assert parse_email(mail("Ciao", subject="Dove si trova il mio pacco ordinato?")).language == "it"


def test_only_the_new_words_count():
    answer = "Grazie mille, il pacco è arrivato questa mattina.\n\nOn Mon, Jan 5, 2026 at 10:12 AM Ann <ann@shop.example> wrote:\n\n> "
    assert parse_email(mail(answer + "We have sent your parcel again. " * 20)).language == "it"


def test_a_language_spoken_here_gets_our_code_and_another_keeps_its_own():
    assert [language_of(code) for code in ("zh", "it", "de", "")] == ["zh-hans", "it", "de", ""]


SEALED = mail("MIAG", content_type="application/pkcs7-mime", subject="Il pacco che ho ordinato non arriva")


def test_our_own_words_in_place_of_a_sealed_mail_are_in_nobodys_language():
    parsed = parse_email(SEALED)
    assert parsed.text.startswith("This mail is encrypted") and parsed.language == "it"
    assert parse_email(SEALED.replace(b"Il pacco che ho ordinato non arriva", b"4711")).language == ""


def test_nor_are_those_about_a_mail_that_is_too_large():
    head = SEALED.partition(b"\r\n\r\n")[0].replace(b"Il pacco che ho ordinato non arriva", b"4711")
    parsed = parse_email(header_with_note(head, 30 * 2**20, "INBOX"))
    assert "Only its header was fetched" in parsed.text and parsed.language == ""


def test_nor_those_in_a_sealed_mail_that_hangs_on_a_forward():
    whole = mail("@", content_type="multipart/mixed; boundary=b", subject="Fwd: x")
    inner = b"--b\r\n\r\nPlease take this one.\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
    forwarded = read_forwarded(parse_email(whole.replace(b"@\r\n", inner + SEALED + b"\r\n--b--\r\n")))
    assert forwarded.text.startswith("This mail is encrypted") and forwarded.language == "it"
