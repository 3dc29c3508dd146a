"""Who vouched for the sender: only the server that the inbox trusts is heard."""

import pytest

from helpdesk.connectors.email.sender_check import check_sender
from helpdesk.inboxes.models import RawMessage
from helpdesk.tickets.models import Message
from helpdesk.tickets.raw import store_raw
from tests.factories import handle_raw, make_inbox, make_ticket
from tests.helpdesk.connectors.email.samples import mail

OURS = "mx.shop.example"


def told(*results: str, sender="carla@customer.example", frm=None, server=OURS):
    headers = "".join(f"Authentication-Results: {result}\r\n" for result in results)
    raw = f"{headers}From: {frm or f'Carla <{sender}>'}\r\nSubject: x\r\n\r\nHello\r\n".encode()
    return check_sender(raw, sender, authserv_id=server)


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ("dmarc=pass header.from=customer.example", "pass"),
        ("dmarc=fail (p=reject) header.from=customer.example", "fail"),
        ("dmarc=fail header.from=customer.example; dkim=pass header.d=customer.example", "fail"),
        ("dkim=pass header.d=customer.example", "pass"),
        ("dkim=pass header.i=@customer.example header.s=a header.b=x", "pass"),
        ("dkim=pass header.d=elsewhere.example", ""),
        ("dkim=fail header.d=customer.example", ""),
        ("dkim=pass header.d=mail.customer.example", ""),
        ("dkim=pass header.d=example", ""),
        ("dmarc=pass header.from=elsewhere.example", ""),
        ("spf=pass smtp.mailfrom=carla@customer.example", ""),
        ("dmarc=temperror header.from=customer.example", ""),
        ("dmarc=none header.from=customer.example; dkim=pass header.d=customer.example", "pass"),
        ("none", ""),
    ],
)
def test_what_the_trusted_server_found_decides(result, verdict):
    assert told(f"{OURS}; {result}") == verdict


def test_a_domain_above_the_senders_may_sign_for_it():
    assert told(f"{OURS}; dkim=pass header.d=customer.example", sender="c@post.customer.example") == "pass"


def test_a_header_that_names_another_server_is_no_proof_and_neither_is_one_below_the_trusted_one():
    forged = "mx.evil.example; dmarc=pass header.from=customer.example"
    assert told(forged) == ""
    assert told(forged, f"{OURS}; dmarc=fail header.from=customer.example") == "fail"
    assert told(f"{OURS}; none", f"{OURS}; dmarc=pass header.from=customer.example") == ""


def test_an_inbox_that_trusts_no_server_learns_nothing():
    assert told(f"{OURS}; dmarc=pass header.from=customer.example", server="") == ""


def test_a_mail_with_two_senders_is_never_vouched_for():
    result = f"{OURS}; dmarc=pass header.from=customer.example"
    assert told(result, frm="Boss <boss@bank.example>, Carla <carla@customer.example>") == ""
    assert told(result, frm="carla@customer.example\r\nFrom: boss@bank.example") == ""


def test_a_trusted_header_that_breaks_the_grammar_is_no_proof():
    assert told(f"{OURS}; dmarc=pass header.from=customer.example;;;=((") == ""


GMAIL = (
    "mx.google.com; dkim=pass header.i=@customer.example header.s=s1 header.b=abc/d+e=; spf=pass (google.com: domain of "
    "carla@customer.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=carla@customer.example; "
    "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=customer.example"
)
MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=customer.example; dkim=pass (signature was verified) "
    "header.d=customer.example;dmarc=pass action=none header.from=customer.example;compauth=pass reason=100"
)
FASTMAIL = (
    "mx1.messagingengine.com 1; arc=none (no signatures found); bimi=skipped (DMARC Policy is not at enforcement); dkim=pass "
    "(2048-bit rsa key sha256) header.d=customer.example header.i=@customer.example header.b=XX header.a=rsa-sha256 header.s=a; "
    "dmarc=pass policy.published-domain-policy=none (p=none,d=none,d.eval=none) policy.policy-from=p header.from=customer.example"
)


@pytest.mark.parametrize(
    ("server", "header"),
    [("mx.google.com", GMAIL), ("microsoft", MICROSOFT), ("MX1.messagingengine.com", FASTMAIL)],
)
def test_the_headers_of_large_providers_are_understood(server, header):
    assert told(header, server=server) == "pass"
    assert told(header.replace("dmarc=pass", "dmarc=fail"), server=server) == "fail"


def test_where_the_trusted_server_names_itself_in_no_header_a_forged_name_is_no_proof():
    assert told("microsoft; dmarc=pass header.from=customer.example", server="microsoft") == ""
    assert told(MICROSOFT, server=OURS) == ""


@pytest.mark.django_db
def test_the_verdict_stands_on_the_message():
    inbox = make_inbox(options={"authserv_id": OURS})
    results = {"pass": "dmarc=pass", "fail": "dmarc=fail"}
    for verdict, result in results.items():
        header = f"Authentication-Results: {OURS}; {result} header.from=customer.example\r\n".encode()
        raw = store_raw(
            header + mail(message_id=f"<{verdict}@x>"), inbox=inbox, door="smtp", sender="a@b.example"
        )
        handle_raw(raw.pk)
        assert RawMessage.objects.get(pk=raw.pk).message.sender_check == verdict
        assert Message.objects.filter(sender_check=verdict).count() == 1


@pytest.mark.django_db
def test_a_sender_who_failed_does_not_get_onto_a_ticket_by_its_number():
    inbox = make_inbox(options={"authserv_id": OURS})
    ticket = make_ticket(inbox, email="carla@customer.example")
    header = f"Authentication-Results: {OURS}; dmarc=fail header.from=customer.example\r\n".encode()
    raw = store_raw(
        header + mail(subject=f"Re: x [#{ticket.pk}]"),
        inbox=inbox,
        door="smtp",
        sender="carla@customer.example",
    )
    assert handle_raw(raw.pk).ticket != ticket
    raw = store_raw(
        mail(subject=f"Re: x [#{ticket.pk}]", message_id="<ok@x>"),
        inbox=inbox,
        door="smtp",
        sender="c@b.example",
    )
    assert handle_raw(raw.pk).ticket == ticket
