from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.connectors.email.parsing.message import Address, ParseError
from helpdesk.connectors.email.parsing.parse import parse_email, read_ids
from tests.helpdesk.connectors.email.samples import mail, sample


def test_a_mail_with_parts_charsets_and_files_is_read_whole():
    parsed = parse_email(sample("order.eml"))
    assert parsed.subject == "Wo ist meine Bestellung? 🥘"
    assert parsed.from_ == (Address("Zoë Müller", "zoe@customer.example"),)
    assert parsed.cc == (Address("Boss, The", "boss@customer.example"),)
    assert parsed.date == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    assert "Können Sie nachsehen?" in parsed.text
    assert [(a.name, a.content_type, a.content_id, a.inline) for a in parsed.attachments] == [
        ("box.png", "image/png", "photo1", True),
        ("Rechnung für März.pdf", "application/pdf", "", False),
    ]
    assert parsed.attachments[1].content == b"%PDF-1.4\n"
    assert parsed.message_id == "order-1@customer.example"


@pytest.mark.parametrize("hidden", ["=00", "=0D=0A", "_", "=3C", "=3E", "=C2=85", "=E2=80=A8", "=7F"])
def test_what_an_encoded_word_hides_in_an_address_ends_neither_a_line_nor_a_mailbox(hidden):
    written = f"<=?utf-8?q?ann{hidden}ie=40customer.example?=>"
    assert parse_email(mail(from_=written)).sender.addr == "annie@customer.example"


def test_html_keeps_text_and_pictures_and_loses_scripts_and_styles():
    html = parse_email(sample("order.eml")).html
    assert "<b>1234</b>" in html and '<img src="cid:photo1"' in html
    for gone in ("script", "onclick", "steal", "color:red", "javascript"):
        assert gone not in html


def test_a_wrong_or_missing_charset_still_gives_readable_text():
    parsed = parse_email(sample("latin1_without_label.eml"))
    assert parsed.subject == "Grüße"
    assert parsed.text.strip() == "Schöne Grüße, 5 €"
    labelled = mail("Grüße", content_type="text/plain; charset=iso-8859-1")
    assert parse_email(labelled).text.strip() == "Grüße"
    unknown = mail("Grüße", content_type='text/plain; charset="x-made-up-9"')
    assert parse_email(unknown).text.strip() == "Grüße"


def test_encoded_words_cut_inside_a_character_are_joined():
    parsed = parse_email(mail(subject="=?utf-8?b?R3LDvMM=?= =?utf-8?b?n2U=?="))
    assert parsed.subject == "Grüße"


@pytest.mark.parametrize(
    ("header", "boxes"),
    [
        ('"Doe, John" <john@a.example>, b@b.example', [("Doe, John", "john@a.example"), ("", "b@b.example")]),
        ("team: a@a.example, B <b@b.example>;", [("", "a@a.example"), ("B", "b@b.example")]),
        ("undisclosed-recipients:;", []),
        ("a@a.example (Ann Other)", [("Ann Other", "a@a.example")]),
        ("Ann", [("Ann", "")]),
        ("=?utf-8?q?Zo=C3=AB?= <zoe@a.example>", [("Zoë", "zoe@a.example")]),
        ("<>", []),
        ('"unclosed <a@a.example>', [("unclosed", "a@a.example")]),
    ],
)
def test_addresses_are_read_however_they_are_written(header, boxes):
    assert [tuple(box) for box in parse_email(mail(to=header)).to] == boxes


def test_ids_are_read_with_and_without_brackets_and_each_once():
    assert read_ids("<a@x> <b@x>\r\n <a@x>") == ("a@x", "b@x")
    assert read_ids("bare@x") == ("bare@x",)
    assert read_ids("") == ()


def test_nul_bytes_and_lone_surrogates_never_come_through():
    parsed = parse_email(mail("a\x00b", subject="x\x00y =?utf-16?b?2AA=?="))
    assert "\x00" not in parsed.text + parsed.subject
    assert (parsed.text + parsed.subject).encode("utf-8")


def test_a_part_without_its_closing_boundary_is_still_read():
    raw = mail("--b\r\nContent-Type: text/plain\r\n\r\nhello", content_type='multipart/mixed; boundary="b"')
    assert parse_email(raw).text.strip() == "hello"


def nested(depth):
    inner = "x"
    for number in range(depth):
        inner = f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n{inner}\r\n--b{number}--\r\n"
    return ("From: a@a.example\r\n" + inner).encode()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (nested(900), "nested"),
        (
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + b"--b\r\n\r\nx\r\n" * 20_000
            + b"--b--\r\n",
            "parts",
        ),
    ],
)
def test_what_is_no_mail_or_a_bomb_is_refused_with_its_reason(raw, reason):
    with pytest.raises(ParseError, match=reason):
        parse_email(raw)


def test_html_nested_past_all_sense_is_left_out_and_the_rest_is_read():
    deep = "<div><blockquote>" * 10_000 + "x"
    parsed = parse_email(mail(deep, content_type="text/html"))
    assert parsed.html == "" and parsed.subject == "My order"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_at_all_make_the_parser_fail_other_than_by_its_own_refusal(noise):
    for raw in (noise, mail() + noise, b"Subject: " + noise + b"\r\n\r\n" + noise):
        try:
            parsed = parse_email(raw)
        except ParseError:
            continue
        (parsed.subject + parsed.text + parsed.html + parsed.new_text).encode("utf-8")


def test_a_flowed_text_is_put_together_again():
    raw = mail(
        "This goes \r\non here.\r\nThis not.\r\n> quoted \r\n> too", content_type="text/plain; format=flowed"
    )
    assert parse_email(raw).text.splitlines()[:3] == ["This goes on here.", "This not.", "> quoted too"]


def test_a_mail_of_html_only_has_its_text_too():
    raw = mail("<p>First</p><ul><li>one<li>two</ul><br>Last", content_type="text/html")
    assert parse_email(raw).text == "First\n\n- one\n- two\n\nLast"


def test_a_boundary_whose_line_lost_its_blank_is_found():
    raw = mail("------=_x\r\n\r\nhello\r\n------=_x--", content_type='multipart/mixed;\r\nboundary="----=_x"')
    assert parse_email(raw).text.strip() == "hello"


def test_a_boundary_that_nobody_told_is_guessed():
    raw = mail("------=_x\r\n\r\nhello\r\n------=_x--", content_type="multipart/mixed")
    assert parse_email(raw).text.strip() == "hello"


def test_quotes_inside_a_name_stay_and_those_around_it_go():
    boxes = parse_email(
        mail(
            to='=?utf-8?q?ACME_=22West=22?= <a@a.example>, "Doe, Ann" <b@b.example>, x(his home) <c(c)@c.example>'
        )
    ).to
    assert [tuple(box) for box in boxes] == [
        ('ACME "West"', "a@a.example"),
        ("Doe, Ann", "b@b.example"),
        ("x", "c@c.example"),
    ]
