"""What a provider tells of mail that we sent: it arrived, it waits, it came back."""

import json
import re

from anymail.signals import AnymailTrackingEvent, EventType
from django.core.cache import cache
from django.db import transaction

from helpdesk.people.contacts import lock_contact
from helpdesk.tickets.models import DeliveryAttempt, Message
from helpdesk.tickets.outcomes import note_report
from helpdesk.tickets.surveys import stop_surveys

Outcome = DeliveryAttempt.Outcome
OUTCOMES = {
    EventType.DELIVERED: Outcome.DELIVERED,
    EventType.DEFERRED: Outcome.DELAYED,
    EventType.BOUNCED: Outcome.BOUNCED,
    EventType.REJECTED: Outcome.BOUNCED,
    EventType.FAILED: Outcome.BOUNCED,
}
NO_MORE = (EventType.COMPLAINED, EventType.UNSUBSCRIBED)
# A Message-ID of ours ends in a random number: whoever names it has had the mail in hand.
OUR_ID = re.compile(r"\bt\d{1,15}\.m\d{1,15}\.[0-9a-f]{12}@[\w.-]+")
REMEMBERED = 3 * 24 * 3600  # seconds; providers tell again for about a day


def take_report(event: AnymailTrackingEvent, provider: str) -> bool:
    """Note it at the message and its recipient. False where it is about no mail of ours, or nothing we keep."""
    if event.event_type not in OUTCOMES and event.event_type not in NO_MORE:
        return False
    message = message_named_in(event)
    if message is None:
        return False
    seen = f"mailhook.{provider}.{event.event_id}"
    if event.event_id and cache.get(seen):
        return True
    if event.event_type in NO_MORE:
        with transaction.atomic():
            stop_surveys(lock_contact(message.ticket.contact_id))
    else:
        addresses = [event.recipient] if event.recipient else []
        note_report(message, OUTCOMES[event.event_type], addresses=addresses, reason=words_of(event))
    if event.event_id:
        cache.set(seen, True, REMEMBERED)
    return True


def message_named_in(event: AnymailTrackingEvent) -> Message | None:
    """Providers give mails numbers of their own and repeat our Message-ID in one place or another: it is looked for in all."""
    told = f"{event.message_id} {json.dumps(event.esp_event, default=str)}"
    ids = list(dict.fromkeys(OUR_ID.findall(told)))[:20]
    ours = Message.objects.filter(kind__in=Message.SENT_KINDS, external_id__in=ids)
    return ours.select_related("ticket").order_by("pk").first() if ids else None


def words_of(event: AnymailTrackingEvent) -> str:
    """The other server's words, else the provider's, else the kind of the report."""
    return " ".join(
        str(event.mta_response or event.description or event.reject_reason or event.event_type).split()
    )[:500]
