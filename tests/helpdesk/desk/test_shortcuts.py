"""What "/" offers in the composer."""

import pytest

from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts.placeholders import fill_in, fill_in_alone
from tests.factories import make_department, make_ticket

pytestmark = pytest.mark.django_db


def test_a_shortcut_is_offered_in_the_customer_s_language_with_its_blanks_filled(desk):
    ticket = make_ticket(name="Carla Rossi", language="it")
    Shortcut.objects.create(
        name="hello",
        text="Hello {{customer.first_name}}",
        translations={"it": "Ciao {{customer.first_name}}, #{{ticket.number}}"},
    )
    Shortcut.objects.create(name="bye", text="Bye", department=make_department("Billing"))
    page = desk.get(f"/desk/tickets/{ticket.pk}/shortcuts/?q=hel").content.decode()
    assert f"Ciao Carla, #{ticket.pk}" in page and "Hello" not in page
    assert "/bye" not in desk.get(f"/desk/tickets/{ticket.pk}/shortcuts/").content.decode()


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {{customer.first_name|}},\n\nall is well.", "Hello,\n\nall is well."),
        ("We have your mail, {{customer.first_name|}}.", "We have your mail."),
        ("Hi!\n{{customer.name|}}, thank you.", "Hi!\nthank you."),
        ("您好 {{ customer.first_name| }}，谢谢", "您好，谢谢"),
        ("Hello {{customer.first_name|there}}!", "Hello there!"),
    ],
)
def test_a_visitor_without_a_name_leaves_no_gap_in_a_shortcut(agent, text, filled):
    ticket = make_ticket(email="", name="")
    assert fill_in(text, ticket, agent).text == fill_in_alone(text, ticket, agent) == filled
    assert fill_in(text, ticket, agent).blanks == []
