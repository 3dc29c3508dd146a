"""A chat that goes on by mail: the customer leaves, a colleague takes over by mail, and the widget has it all."""

import subprocess
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import expect

from helpdesk import clock
from helpdesk.demo.models import SentMail
from helpdesk.people.models import Workspace
from helpdesk.people.presence import end_presence
from helpdesk.tickets.models import Message, Ticket
from tests.factories import make_agent, make_department, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.outage import eventually
from tests.journeys.widget import open_widget

MIA = "mia@customer.example"
QUESTION = "I paid twice. Can I have one back?"
IN_CHAT, BY_MAIL, ANSWER = "I ask our billing.", "It is on its way back to you.", "It came, thank you!"
IS_HEARD = "!!document.querySelector('.handover-to')?.['htmx-internal-data']?.listenerInfos?.length"


def open_messages(shop):
    widget = open_widget(shop)
    widget.get_by_role("navigation").get_by_role("button", name="Messages").click()
    return widget


def has_left(ticket):
    """As a minute after the last sign of life."""
    for value in ticket.contact.identities.filter(kind="visitor").values_list("value", flat=True):
        end_presence(UUID(value))
    ago = clock.now() - timedelta(minutes=1)
    Message.objects.filter(ticket=ticket, kind="outgoing").update(released_at=ago)


def mail_to_mia(number):
    """The reply address of the newest mail, once there are so many."""
    eventually(lambda: SentMail.objects.count() == number)
    raw = bytes(SentMail.objects.order_by("-pk").first().raw).decode()
    head = dict(line.split(": ", 1) for line in raw.split("\r\n\r\n")[0].split("\r\n") if ": " in line)
    assert head["To"] == MIA
    return head["Reply-To"]


def test_a_chat_is_handed_over_goes_on_by_mail_and_comes_back_into_the_widget(visit, as_agent, site):
    ben, dana = (make_agent(name, password=PASSWORD) for name in ("Ben Okafor", "Dana Popescu"))
    make_department("Billing", members=(dana,))
    make_inbox("webchat", name="Fernweh Supply", department=make_department("Support", members=(ben,)))
    make_inbox(name="Fernweh Supply", address="support@example.com")
    Workspace.objects.update_or_create(pk=Workspace.ONLY, defaults={"undo_seconds": 0})

    shop = visit("/demo/")
    widget = open_messages(shop)
    shop.evaluate(f"window.helpdesk('identify', {{ name: 'Mia Rossi', email: '{MIA}' }})")
    box = widget.get_by_role("textbox", name="Write a message…")
    box.fill(QUESTION)
    box.press("Enter")

    desk = as_agent(ben, "/desk/views/open/")
    row = desk.locator("a.row", has_text=QUESTION).first
    expect(row).to_be_visible()
    row.click()
    expect(desk.locator(".composer-ways")).to_contain_text(f"here now; by mail to {MIA} if unread")
    shop.goto("about:blank")  # they leave, without having seen an answer
    desk.locator("#composer-text").fill(IN_CHAT)
    desk.locator("#send").click()
    expect(desk.locator("#timeline")).to_contain_text(IN_CHAT)
    ticket = Ticket.objects.get()
    has_left(ticket)
    mail_to_mia(1)
    expect(desk.locator("#timeline")).to_contain_text(f"Not seen in the chat, so by mail to {MIA}")

    desk.get_by_label("More actions").click()
    desk.get_by_role("link", name="Hand over").click()
    # Nobody chooses within the milliseconds before htmx listens; a program does.
    eventually(lambda: desk.evaluate(IS_HEARD))
    desk.locator("#id_department").select_option(label="Billing")
    expect(desk.locator("#id_agent optgroup[label=Billing]")).to_be_attached()
    desk.locator("#id_agent").select_option(label="Dana Popescu")
    desk.locator("#id_note").fill("She paid order 4711 twice.")
    desk.locator("#hand-over").click()
    expect(desk.locator("dialog[open]")).to_have_count(0)
    expect(desk.locator("#timeline")).to_contain_text("Ben Okafor handed this over to Dana Popescu (Billing)")

    second = as_agent(dana, f"/desk/tickets/{ticket.pk}/")
    expect(second.locator("#timeline")).to_contain_text("She paid order 4711 twice.")
    expect(second.get_by_role("radio", name="Mail")).to_be_checked()
    second.locator("#composer-text").fill(BY_MAIL)
    second.locator("#send").click()
    expect(second.locator("#timeline")).to_contain_text(BY_MAIL)
    reply_to = mail_to_mia(2)

    command = [
        "swaks",
        "--server",
        f"127.0.0.1:{site.smtp_port}",
        "--from",
        MIA,
        "--to",
        reply_to,
        "--silent",
        "2",
    ]
    command += ["--header", "Subject: Re: my money", "--body", ANSWER]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    expect(second.locator("#timeline")).to_contain_text(ANSWER, timeout=30_000)

    shop.goto("/demo/")
    thread = open_messages(shop).get_by_role("log")
    for text in (QUESTION, IN_CHAT, "You are now talking with Dana Popescu from Billing.", BY_MAIL, ANSWER):
        expect(thread.get_by_text(text)).to_have_count(1)
    expect(thread).not_to_contain_text("4711")
    assert Ticket.objects.get().messages.filter(kind="incoming", contact=ticket.contact).count() == 2
    assert SentMail.objects.count() == 2
    assert shop.problems == desk.problems == second.problems == []
