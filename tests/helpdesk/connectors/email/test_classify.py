import pytest

from helpdesk.connectors.email.parse import parse_email
from tests.helpdesk.connectors.email.samples import mail, sample


def test_a_bounce_names_the_address_the_reason_and_the_mail_that_failed():
    parsed = parse_email(sample("bounce.eml"))
    assert parsed.kind == "bounce"
    assert parsed.failed_recipients == ("zoe@customer.example",)
    assert parsed.failure_reason == "550 5.1.1 mailbox unknown"
    assert parsed.original_message_id == "ORIGINAL-ID"


def test_a_delayed_mail_is_no_bounce():
    assert parse_email(sample("bounce.eml").replace(b"Action: failed", b"Action: delayed")).kind == "delay"


def test_a_bounce_in_plain_words_is_known_too():
    raw = mail(
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not "
        "be delivered to one or more of its recipients. This is a permanent error.\n\n  zoe@customer.example\n"
        "    550 no such user\n",
        from_="Mail Delivery System <Mailer-Daemon@mx.example>",
        subject="Mail delivery failed: returning message to sender",
    )
    parsed = parse_email(raw)
    assert (parsed.kind, parsed.failed_recipients) == ("bounce", ("zoe@customer.example",))


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"Subject": "Automatic reply: hello"},
        {"Subject": "Out of Office: hello"},
        {"Subject": "自动回复: 你好"},
        {"Subject": "Risposta automatica: ordine"},
    ],
)
def test_machine_answers_are_known(fields):
    assert parse_email(mail(**fields)).kind == "auto_reply"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Auto_Submitted": " No "},
        {"Subject": "Re: Automatic door does not open"},
        {"Subject": "Delivery failed: my parcel never came"},
        {"X_Auto_Response_Suppress": "DR, RN, NRN"},
        {"X_Mailer": "Autoresponder 2000"},
    ],
)
def test_people_are_kept(fields):
    assert parse_email(mail(**fields)).kind == "human"


def test_a_complaint_report_and_a_list_are_told_apart():
    report = mail("--b--", content_type="multipart/report; report-type=feedback-report; boundary=b")
    assert parse_email(report).kind == "feedback"
    assert parse_email(mail(List_Id="<news.shop.example>")).kind == "list"
    receipt = mail("--b--", content_type="multipart/report; report-type=disposition-notification; boundary=b")
    assert parse_email(receipt).kind == "auto_reply"
