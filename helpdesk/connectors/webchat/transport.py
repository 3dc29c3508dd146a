"""How an answer leaves through the widget: it is in the database and was pushed when it was released."""

from helpdesk.inboxes.contract import DeliveryError
from helpdesk.tickets.models import Message


class WebchatTransport:
    """The widget fetches what it has not got, so an answer that is stored and released has been handed over.
    `read` follows when the visitor has seen it."""

    def address_of(self, message: Message) -> str:
        return ""

    def send(self, message: Message) -> str:
        if not message.inbox.is_active:
            raise DeliveryError("The widget is switched off.", permanent=True)
        return ""
