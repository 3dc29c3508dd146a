"""An agent has a chat before the eyes: the visitor's widget hears of it at once."""

import json

import pytest
from asgiref.sync import sync_to_async

from helpdesk.desk.timeline import note_look
from helpdesk.tickets.models import Ticket
from tests.factories import customer_writes, make_agent
from tests.helpdesk.connectors.webchat.test_socket import PATIENCE, socket

pytestmark = pytest.mark.django_db(transaction=True)
in_thread = sync_to_async(thread_sensitive=True)


def look(ticket_id, newest):
    note_look(Ticket.objects.get(pk=ticket_id), make_agent("Alice"), newest=newest)


async def test_the_widget_hears_up_to_which_message_the_team_has_read(browse):
    browser = await in_thread(browse)()
    sent = (await in_thread(browser.write)("Do the boots run small?")).json()
    async with socket() as connection:
        await connection.hello(browser)
        await in_thread(look)(sent["ticket"], sent["id"])
        assert (await connection.hear("read"))["message"] == sent["id"]


async def test_the_widget_of_somebody_else_hears_nothing(browse):
    browser, stranger = await in_thread(browse)(), await in_thread(browse)()
    sent = (await in_thread(browser.write)("Do the boots run small?")).json()
    async with socket() as connection:
        await connection.hello(stranger)
        await in_thread(look)(sent["ticket"], sent["id"])
        await connection.say(type="ping")
        next_frame = json.loads((await connection.receive_output(PATIENCE))["text"])
        assert next_frame["type"] == "pong"  # and nothing came before it


def test_a_look_at_a_mail_tells_no_widget():
    mail = customer_writes()
    look(mail.ticket.pk, mail.message.pk)
    assert mail.ticket.looks.get().message_id == mail.message.pk
