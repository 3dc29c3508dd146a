import pytest

from helpdesk.connectors.email.parsing.parse import parse_email
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


def test_a_warning_that_a_server_goes_on_trying_is_a_delay_whatever_its_subject_says():
    raw = mail(
        "Your message could not be delivered to the following recipients:\n\nzoe@customer.example\n\n"
        "Delivery attempts will continue to be made for 5 days.\n",
        from_="Mail Gateway <mailer-daemon@mx.example>",
        subject="Delivery failure notification",
    )
    parsed = parse_email(raw)
    assert (parsed.kind, parsed.failed_recipients) == ("delay", ("zoe@customer.example",))


def test_a_filter_that_asks_for_a_proof_of_a_person_is_a_machine():
    raw = mail(
        "This account is protected by a filter. Please click on the following link to have your address added "
        "to the recipient's allowed list.\n\nhttps://filter.example/1234\n",
        subject="Re: My order",
    )
    assert parse_email(raw).kind == "auto_reply"


@pytest.mark.parametrize(
    "words",
    [
        "I added you to our approved senders list. Please click the link below and tell me if it works.",
        "My mailbox is protected by a password that I forgot. Please reply to this mail.",
        "Please confirm that my address is on your mailing list.",
        "The web shop says: delivery attempts will continue. When do I get it?",
    ],
)
def test_a_person_who_speaks_of_such_things_is_a_person(words):
    assert parse_email(mail(words)).kind == "human"


@pytest.mark.parametrize(
    ("notice", "kind"), [("Delivery", "auto_reply"), ("Complaint", "feedback"), ("Bounce", "bounce")]
)
def test_the_notice_of_a_mail_service_is_what_it_says(notice, kind):
    body = f'{{"notificationType":"{notice}","mail":{{"messageId":"1"}},"x":{{"emailAddress":"zoe@customer.example"}}}}'
    assert parse_email(mail(body, from_="no-reply@service.example")).kind == kind


def test_a_mail_programs_own_request_to_unsubscribe_is_no_ticket():
    raw = mail("Sent by the mail program.", subject="unsubscribe", auto_submitted="auto-replied")
    assert parse_email(raw).kind == "feedback"
    assert parse_email(mail("Please take me off.", subject="unsubscribe")).kind == "human"


def test_words_to_a_discussion_list_are_a_persons():
    assert parse_email(mail(mailing_list="contact l-help@l.example; run by ezmlm")).kind == "human"
    assert parse_email(mail(list_id="<l.example>")).kind == "list"


def report(*fields: str) -> bytes:
    block = "\r\n".join(fields)
    return mail(
        f"--b\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{block}\r\n--b--",
        content_type="multipart/report; report-type=delivery-status; boundary=b",
    )


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        (
            ("Original-Recipient: rfc822;zoe@customer.example", "Final-Recipient: rfc822;zoe@store-daemon"),
            "zoe@customer.example",
        ),
        (
            ("Original-Recipient: rfc822;zoe@customer.example", "Final-Recipient: rfc822;z.o@mx.example"),
            "z.o@mx.example",
        ),
        (('Final-Recipient: rfc822; "zoe..m"@customer.example',), '"zoe..m"@customer.example'),
    ],
)
def test_the_address_that_failed_is_one_that_the_world_knows(fields, address):
    assert parse_email(report("Action: failed", "Status: 5.1.1", *fields)).failed_recipients == (address,)
