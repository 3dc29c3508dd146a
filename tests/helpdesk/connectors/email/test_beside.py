"""Who else a mail was written to, through the whole way in."""

import pytest

from helpdesk.tickets.models import Ticket
from helpdesk.tickets.raw import store_raw
from tests.factories import handle_raw, make_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox():
    return make_inbox(address="support@shop.example")


def in_copy(inbox, headers: str, *, recipient: str = "support@shop.example") -> list[str]:
    mail = f"From: Carla <carla@customer.example>\r\nMessage-ID: <1@x>\r\nSubject: Tent\r\n{headers}\r\n\r\nTorn."
    raw = store_raw(
        mail.encode(), inbox=inbox, door="smtp", sender="carla@customer.example", recipient=recipient
    )
    handle_raw(raw.pk)
    return list(Ticket.objects.get().participants.values_list("contact__email", flat=True))


def test_to_and_cc_without_us_the_sender_and_robots_are_in_copy(inbox):
    other = make_inbox(address="sales@shop.example")
    headers = (
        f"To: Support <support@shop.example>, Bob <Bob@customer.example>\r\nCc: {other.address}, "
        "support+t1.abc@shop.example, noreply@customer.example, carla@customer.example, bob@customer.example, "
        "eve@elsewhere.example"
    )
    assert in_copy(inbox, headers) == ["bob@customer.example", "eve@elsewhere.example"]


@pytest.mark.parametrize(
    "headers",
    [
        "To: support@shop.example",
        "To: boss@customer.example, lawyer@customer.example",  # we got a blind copy
        "To: info@firm.example",  # an address that hands on to us
        "To: support@shop.example, dev@lists.example\r\nList-Id: <dev.lists.example>",
    ],
)
def test_nobody_is_in_copy_where_nobody_should_learn_of_us(inbox, headers):
    assert in_copy(inbox, headers) == []


def test_an_alias_that_says_that_it_handed_on_to_us_is_ours(inbox):
    headers = "X-Original-To: info@firm.example\r\nTo: info@firm.example\r\nCc: bob@customer.example"
    assert in_copy(inbox, headers) == ["bob@customer.example"]
