"""An answer to several people, on its way and back."""

from datetime import timedelta

from helpdesk import clock
from helpdesk.tickets.delivery import deliver
from helpdesk.tickets.models import Message
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.writing import reply
from tests.factories import by, handle_raw

CARLA, BOB, DORA = "carla@customer.example", "Bob@customer.example", "dora@other.example"


def came_in(body: bytes, inbox, recipient: str = "support@example.com"):
    raw = store_raw(body, inbox=inbox, door="smtp", sender=CARLA, recipient=recipient)
    handle_raw(raw.pk)
    raw.refresh_from_db()
    return raw


def answer(ticket, alice, *, cc=(BOB, DORA)) -> Message:
    return reply(ticket, "On its way.", by=by(alice), to=[CARLA], cc=list(cc))


def send(message: Message, *, later: timedelta = timedelta(0)) -> Message:
    with clock.frozen_at(clock.now() + later):
        deliver(message.pk)
    message.refresh_from_db()
    return message


def states(message: Message) -> dict[str, str]:
    return dict(message.deliveries.values_list("address", "state"))


def name_servers(inbox, port: int, fallback: int = 0, **options) -> None:
    inbox.options = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"} | options
    if fallback:
        inbox.options |= {
            "fallback_host": "localhost",
            "fallback_port": fallback,
            "fallback_security": "none",
        }
    inbox.save()
