"""A history told again: each line goes through the verb that live use would call, at its own moment.

Nothing leaves the machine: answers count as sent, and no listener hears of what is long past. The format,
one JSON object a line after a first line about the workspace, is in docs/metrics.md.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import transaction
from django.db.models import F

from helpdesk import clock
from helpdesk.errors import HelpdeskError
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundMessage, Sender
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import VISITOR, add_identity, find_or_create_contact
from helpdesk.people.models import Contact, User, Workspace
from helpdesk.tickets.actions import close_ticket, mark_spam, queue_ticket, reopen_ticket, unmark_spam
from helpdesk.tickets.intake import is_over, receive
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.surveys import rate_ticket, send_survey
from helpdesk.tickets.writing import begin_ticket, reply

Line = dict[str, Any]
BOT = Actor("bot", name="Bot")
TEXT = "Told again from a history."  # where the file keeps what was written to itself
KINDS = {"chat": Inbox.Kind.WEBCHAT, "mail": Inbox.Kind.EMAIL}  # other words for kinds of inbox
# The bot counts a conversation as its own as long as nobody asked for a person.
BOT_LINES = {"bot_asked", "bot_answered", "bot_closed"}


class CannotReplay(HelpdeskError):
    """The file says something that can't be told again; the sentence names the line."""


def kind_of_channel(word: str) -> str:
    return KINDS.get(word, word)


def replay(lines: Iterable[str]) -> int:
    """Tell the whole history into an empty database, all of it or nothing.

    Returns how many lines there were, the first one apart. Raises CannotReplay with the line that is wrong.
    """
    if Ticket.objects.exists() or Event.objects.exists():
        raise CannotReplay("There is a history here already: replay needs an empty database.")
    told = [read_line(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not told or "workspace" not in told[0]:
        raise CannotReplay("The first line must hold the workspace: its time zone and its hours.")
    teller = Teller(bot_first=first_with_bot(told[1:]))
    with transaction.atomic():
        teller.set_workspace(told[0]["workspace"])
        for number, line in enumerate(told[1:], 2):
            teller.tell(number, line)
        settle()
    return len(told) - 1


def read_line(number: int, line: str) -> Line:
    try:
        return json.loads(line)
    except ValueError as error:
        raise CannotReplay(f"Line {number} is not JSON: {error}") from error


def first_with_bot(lines: list[Line]) -> set[str]:
    """Conversations that the bot took first: its line comes right after the one that began them."""
    after_start: dict[str, str] = {}
    started = set()
    for line in lines:
        conversation = line.get("conversation")
        if line.get("kind") == "conversation_started":
            started.add(conversation)
        elif conversation in started:
            after_start.setdefault(conversation, line.get("kind", ""))
    return {conversation for conversation, kind in after_start.items() if kind in BOT_LINES}


@dataclass
class Teller:
    """Who and what the history has spoken of so far, by the file's own names."""

    bot_first: set[str]
    with_bot: set[str] = field(default_factory=set)
    tickets: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    agents: dict[str, User] = field(default_factory=dict)
    inboxes: dict[tuple[str, str], Inbox] = field(default_factory=dict)

    def set_workspace(self, told: dict[str, Any]) -> None:
        """The reporting time zone, and the business hours that every department keeps."""
        zone = ZoneInfo(told["timezone"]).key
        workspace = Workspace.get()
        workspace.time_zone = zone
        workspace.save()
        if "hours" in told:
            hours = apps.get_model("routing", "BusinessHours")
            hours.objects.update_or_create(
                is_default=True,
                defaults={
                    "name": "Office",
                    "time_zone": zone,
                    "weekly": told["hours"],
                    "holidays": told.get("holidays", []),
                },
            )

    def tell(self, number: int, line: Line) -> None:
        meaning = MEANING.get(line.get("kind", ""))
        if meaning is None:
            raise CannotReplay(f"Line {number}: there is no kind “{line.get('kind')}”.")
        try:
            with clock.frozen_at(datetime.fromisoformat(line["at"])):
                meaning(self, line)
        except (KeyError, ValueError, HelpdeskError) as error:
            raise CannotReplay(f"Line {number} ({line['kind']}): {error}") from error

    # -- who and what

    def contact(self, line: Line) -> Contact:
        """The person as a contact, who is also known as the visitor they were before they wrote."""
        person = line["person"]
        if person not in self.contacts:
            email = f"{person}@customer.example"
            contact = find_or_create_contact("email", email, name=person, email=email)
            add_identity(contact, VISITOR, str(visitor_of(person)))
            self.contacts[person] = contact
        return self.contacts[person]

    def ticket(self, line: Line) -> Ticket:
        if line.get("conversation") not in self.tickets:
            raise CannotReplay(f"conversation {line.get('conversation')} has not started")
        return Ticket.objects.select_related("contact").get(pk=self.tickets[line["conversation"]])

    def agent(self, line: Line) -> Actor:
        name = line["agent"]
        if name not in self.agents:
            self.agents[name] = User.objects.create_user(f"{name}@team.example", name=name)
        return Actor.agent(self.agents[name])

    def inbox(self, line: Line) -> Inbox:
        kind, department = kind_of_channel(line.get("channel") or "webchat"), line.get("department") or ""
        if kind not in Inbox.Kind.values:
            raise CannotReplay(f"there is no channel “{line['channel']}”")
        if (kind, department) not in self.inboxes:
            place = apps.get_model("routing", "Department").objects
            self.inboxes[kind, department] = Inbox.objects.create(
                name=f"{kind} {department}".strip(),
                kind=kind,
                address=f"{department or 'all'}-{len(self.inboxes)}@desk.example" if kind == "email" else "",
                department=place.get_or_create(name=department)[0] if department else None,
            )
        return self.inboxes[kind, department]

    def customer_message(self, line: Line, **fields: Any) -> InboundMessage:
        contact = self.contact(line)
        text = line.get("text") or TEXT
        return InboundMessage(
            sender=Sender("email", contact.email, name=contact.name, email=contact.email),
            external_id="",
            text=text,
            is_for_bot=line["conversation"] in self.with_bot,
            **fields,
        )

    # -- what each kind of line means

    def view_article(self, line: Line) -> None:
        self.record_fact(names.ARTICLE_VIEWED, line, article=line.get("article"))

    def search(self, line: Line) -> None:
        self.record_fact(names.ARTICLE_SEARCHED, line, query=line.get("query", ""))

    def vote(self, line: Line) -> None:
        self.record_fact(
            names.ARTICLE_VOTED, line, article=line.get("article"), helpful=bool(line.get("value"))
        )

    def send_proactive(self, line: Line) -> None:
        self.record_fact(names.PROACTIVE_SENT, line, by=SYSTEM, message=line.get("message"))

    def open_proactive(self, line: Line) -> None:
        self.record_fact(names.PROACTIVE_OPENED, line, message=line.get("message"))

    def record_fact(self, name: str, line: Line, *, by: Actor | None = None, **data: Any) -> None:
        """A fact of a person who may still be unknown: it is kept under the visitor they are."""
        kind = kind_of_channel(line.get("channel", ""))
        person = line["person"]
        record(name, by=by or Actor("customer"), visitor=visitor_of(person), channel=kind, data=data)

    def start(self, line: Line) -> None:
        """A conversation begins: by the customer, or by a teammate where the line names one."""
        if "agent" in line:
            inbox = self.inbox(line)
            ticket = begin_ticket(
                contact=self.contact(line), inbox=inbox, subject=TEXT, text=TEXT, by=self.agent(line)
            )
            self.tickets[line["conversation"]] = ticket.pk
            return
        if line["conversation"] in self.bot_first:
            self.with_bot.add(line["conversation"])
        message = self.customer_message(line, inbox=self.inbox(line), begins_ticket=True)
        self.tickets[line["conversation"]] = receive(message).ticket.pk

    def write(self, line: Line) -> None:
        ticket = self.ticket(line)
        if is_over(ticket):
            reopen_ticket(ticket, by=Actor.customer(ticket.contact))
        receive(self.customer_message(line, inbox=ticket.inbox, ticket_id=ticket.pk))

    def reopen(self, line: Line) -> None:
        if "agent" in line:
            reopen_ticket(self.ticket(line), by=self.agent(line))
        else:
            self.write(line)

    def ask_bot(self, line: Line) -> None:
        ticket = self.ticket(line)
        record(names.BOT_ASKED, by=Actor.customer(ticket.contact), ticket=ticket)

    def answer_by_bot(self, line: Line) -> None:
        record(names.BOT_ANSWERED, by=BOT, ticket=self.ticket(line), data={"article": line.get("article")})

    def close_by_bot(self, line: Line) -> None:
        ticket = close_ticket(self.ticket(line), by=BOT)
        record(names.BOT_CLOSED, by=BOT, ticket=ticket, data={"reason": line.get("value", "")})

    def hand_over(self, line: Line) -> None:
        ticket = self.ticket(line)
        self.with_bot.discard(line["conversation"])
        record(names.BOT_HANDED_OVER, by=BOT, ticket=ticket)
        queue_ticket(ticket, by=BOT)

    def answer(self, line: Line) -> None:
        reply(self.ticket(line), line.get("text") or TEXT, by=self.agent(line))

    def close(self, line: Line) -> None:
        """A close by a teammate asks the customer for a rating, as the job after a close does."""
        by = self.agent(line) if "agent" in line else SYSTEM
        ticket = close_ticket(self.ticket(line), by=by)
        closed = Event.objects.filter(ticket=ticket, name=names.TICKET_CLOSED).order_by("-id").first()
        if closed:
            send_survey(closed)

    def rate(self, line: Line) -> None:
        ticket = self.ticket(line)
        survey = Survey.objects.filter(ticket=ticket).order_by("-sent_at", "-id").first()
        score, by = int(line["value"]), Actor.customer(ticket.contact)
        if survey:
            rate_ticket(survey, score=score, by=by)
        else:  # rated without having been asked
            record(names.SURVEY_RATED, by=by, ticket=ticket, value=score)

    def mark_spam(self, line: Line) -> None:
        mark_spam(self.ticket(line), by=self.agent(line) if "agent" in line else SYSTEM)

    def unmark_spam(self, line: Line) -> None:
        unmark_spam(self.ticket(line), by=self.agent(line) if "agent" in line else SYSTEM)


def visitor_of(person: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"replay:{person}")


def settle() -> None:
    """What is long past is neither sent nor told, now or by a sweep later on."""
    Message.objects.filter(state=Message.State.QUEUED).update(
        state=Message.State.SENT, sent_at=F("released_at"), next_attempt_at=None
    )
    Event.objects.filter(told_at=None).update(told_at=F("occurred_at"))
    # Each verb has asked for its jobs after the commit; with these rows settled none has anything to do.
    transaction.get_connection().run_on_commit.clear()


MEANING: dict[str, Callable[[Teller, Line], None]] = {
    "article_viewed": Teller.view_article,
    "article_searched": Teller.search,
    "searched": Teller.search,
    "article_voted": Teller.vote,
    "proactive_sent": Teller.send_proactive,
    "proactive_opened": Teller.open_proactive,
    "conversation_started": Teller.start,
    "customer_replied": Teller.write,
    "reopened": Teller.reopen,
    "bot_asked": Teller.ask_bot,
    "bot_answered": Teller.answer_by_bot,
    "bot_closed": Teller.close_by_bot,
    "handed_over": Teller.hand_over,
    "human_replied": Teller.answer,
    "closed": Teller.close,
    "rated": Teller.rate,
    "spam_marked": Teller.mark_spam,
    "spam_unmarked": Teller.unmark_spam,
}
