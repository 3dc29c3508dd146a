"""What a webhook is told: the ticket as the API shows it, with its message and the trigger that tells of it."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from helpdesk import clock
from helpdesk.api.shapes import MessageShape, TicketShape
from helpdesk.jobs import queue
from helpdesk.tickets.models import Message, Ticket
from routing.models import Webhook, WebhookCall

SEND = "routing.tasks.send_webhook_call"


def tell_webhook(
    webhook: Webhook, ticket: Ticket | None, *, what: str, message: Message | None = None, trigger: Any = None
) -> WebhookCall:
    """Store a call and have it sent after the commit. `what` is the name of a fact, as `ticket.closed`."""
    call = WebhookCall.objects.create(
        webhook=webhook,
        trigger_name=str(trigger or ""),
        ticket=ticket,
        body=body_of(ticket, what=what, message=message, trigger=trigger),
        next_attempt_at=clock.now(),
        made_at=clock.now(),
    )
    transaction.on_commit(lambda: queue(SEND, call.pk), robust=True)
    return call


def body_of(ticket: Ticket | None, *, what: str, message: Message | None, trigger: Any) -> str:
    data = {
        "trigger": {"id": trigger.pk, "name": trigger.name} if trigger else None,
        "ticket": TicketShape(ticket).data if ticket else None,
        "message": MessageShape(message).data if message else None,
    }
    told = {"type": what, "timestamp": clock.now().isoformat(), "data": data}
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)
