"""What the demo shop says first, and what came of it in the last weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from helpdesk import clock
from helpdesk.demo.copying import copy_rows, take_ids
from helpdesk.demo.people import INBOXES
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import ContactIdentity, User
from helpdesk.proactive.models import ProactiveMessage, ProactiveSending
from helpdesk.proactive.saving import save_message
from helpdesk.tickets.models import Ticket

SEED = 2027
WEEKS = timedelta(weeks=10)
LOOKERS = 900  # visitors who were shown a message and did not write
OPENED = 0.24  # of them
CLOSED = 0.3
LED_TO_A_CHAT = 0.14  # of the chats of these weeks

CHOOSING = {
    "en": "Choosing a tent or boots? Tell us where you are going and we will help you pick.",
    "it": "Stai scegliendo una tenda o gli scarponi? Dicci dove vai e ti aiutiamo a scegliere.",
    "ro": "Alegi un cort sau bocanci? Spune-ne unde mergi și te ajutăm să alegi.",
    "zh-hans": "在选帐篷或登山鞋？告诉我们您要去哪里，我们帮您挑选。",
}
BACK = {
    "en": "Good to see you again! Is there anything we can clear up before you decide?",
    "it": "Che bello rivederti! C'è qualcosa che possiamo chiarire prima che tu decida?",
    "ro": "Ne bucurăm să te revedem! Putem lămuri ceva înainte să te hotărăști?",
    "zh-hans": "很高兴再次见到您！在您决定之前，有什么需要我们说明的吗？",
}


@dataclass(frozen=True)
class Visitor:
    """Somebody who was shown a message; `ticket` where they wrote then."""

    uuid: UUID
    at: datetime
    ticket: Ticket | None = None


def fill_proactive() -> None:
    """Two live messages on the shop's pages, and ten weeks of visitors who had one of them before them."""
    chat = Inbox.objects.get(key=INBOXES[1][3])
    chat.options = chat.options | {"watches_visitors": True}
    chat.save(update_fields=["options"])
    messages = [save_message(message) for message in demo_messages(chat)]
    rng, now = Random(SEED), clock.now()
    visitors = [*lookers(rng, now), *writers(rng, chat, now)]
    sendings = [
        sending_of(rng, one, message=messages[rng.random() < 0.35])
        for one in sorted(visitors, key=lambda one: one.at)
    ]
    for sending, number in zip(sendings, take_ids(ProactiveSending, len(sendings)), strict=True):
        sending.pk = number
    copy_rows(ProactiveSending, sendings)
    facts = sorted((fact for one in sendings for fact in facts_of(one)), key=lambda fact: fact.occurred_at)
    for fact, number in zip(facts, take_ids(Event, len(facts)), strict=True):
        fact.pk = number
    copy_rows(Event, facts)


def demo_messages(chat: Inbox) -> list[ProactiveMessage]:
    marco = User.objects.get(email="agent@example.com")
    return [
        ProactiveMessage(
            name="Looking around the shop",
            inbox=chat,
            sender=marco,
            text=CHOOSING["en"],
            texts={code: text for code, text in CHOOSING.items() if code != "en"},
            conditions=[
                {"field": "visit_page", "op": "contains", "value": "/demo"},
                {"field": "page_seconds", "op": "at_least", "value": "20"},
            ],
        ),
        ProactiveMessage(
            name="Back for the third time",
            inbox=chat,
            text=BACK["en"],
            texts={code: text for code, text in BACK.items() if code != "en"},
            conditions=[
                {"field": "visits", "op": "at_least", "value": "3"},
                {"field": "visitor", "op": "is", "value": "new"},
                {"field": "site_seconds", "op": "at_least", "value": "10"},
            ],
        ),
    ]


def lookers(rng: Random, now: datetime) -> Iterator[Visitor]:
    for _ in range(LOOKERS):
        yield Visitor(UUID(int=rng.getrandbits(128), version=4), now - rng.random() * WEEKS)


def writers(rng: Random, chat: Inbox, now: datetime) -> Iterator[Visitor]:
    """Visitors of the history whose first chat followed upon a message."""
    chats = Ticket.objects.filter(inbox=chat, created_at__gte=now - WEEKS).order_by("created_at")
    browsers = dict(
        ContactIdentity.objects.filter(kind=ContactIdentity.Kind.VISITOR).values_list("contact", "value")
    )
    for ticket in chats:
        browser = browsers.pop(ticket.contact_id, None)
        if browser and rng.random() < LED_TO_A_CHAT:
            before = timedelta(seconds=rng.randint(40, 400))
            yield Visitor(UUID(browser), ticket.created_at - before, ticket)


def sending_of(rng: Random, visitor: Visitor, *, message: ProactiveMessage) -> ProactiveSending:
    is_opened = bool(visitor.ticket) or rng.random() < OPENED
    is_closed = not is_opened and rng.random() < CLOSED
    soon = visitor.at + timedelta(seconds=rng.randint(4, 30))
    ticket = visitor.ticket
    return ProactiveSending(
        message=message,
        inbox=message.inbox,
        visitor=visitor.uuid,
        contact_id=ticket.contact_id if ticket else None,
        author=str(message.sender) if message.sender else "",
        text=message.text_in(ticket.language if ticket else "en"),
        shown_at=visitor.at,
        opened_at=soon if is_opened else None,
        dismissed_at=soon if is_closed else None,
        answered_at=ticket.created_at if ticket else None,
        ticket=ticket,
    )


def facts_of(sending: ProactiveSending) -> Iterator[Event]:
    """What the verbs would have recorded."""
    told = {"message": sending.message_id}
    by = {"actor_kind": "customer", "actor_id": sending.contact_id}
    yield fact(names.PROACTIVE_SENT, sending, sending.shown_at, data=told, actor_kind="system")
    if sending.opened_at:
        yield fact(names.PROACTIVE_OPENED, sending, sending.opened_at, data=told, **by)
    if sending.answered_at:
        said = {"text": sending.text[:140], "at": sending.opened_at.isoformat()}
        yield fact(
            names.PROACTIVE_REPLIED,
            sending,
            sending.answered_at,
            data=told | said,
            ticket_id=sending.ticket_id,
            **by,
        )


def fact(name: str, sending: ProactiveSending, at: datetime, **known: object) -> Event:
    return Event(
        name=name,
        occurred_at=at,
        recorded_at=at,
        told_at=at,
        channel=sending.inbox.kind,
        department_id=sending.inbox.department_id,
        contact_id=sending.contact_id,
        visitor=sending.visitor,
        **known,
    )
