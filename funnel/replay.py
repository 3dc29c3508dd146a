"""A history told again: each line goes through the verb that live use would call, at its own moment.

Nothing leaves the machine: answers count as sent, and no listener hears of what is long past. The format,
one JSON object a line after a first line about the workspace, is in docs/funnel.md.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import transaction
from django.db.models import F

from funnel.replay_cast import CannotReplay, Cast, Line, kind_of_channel, moment_of, visitor_of
from helpdesk import clock
from helpdesk.errors import HelpdeskError
from helpdesk.events import names
from helpdesk.events.actor import BOT, SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundMessage, Sender
from helpdesk.people.models import Workspace
from helpdesk.tickets.actions import (
    close_by_bot,
    close_ticket,
    mark_spam,
    queue_ticket,
    reopen_ticket,
    snooze_ticket,
    tag_ticket,
    transfer_ticket,
    unmark_spam,
    untag_ticket,
)
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.finding import is_over
from helpdesk.tickets.intake import receive
from helpdesk.tickets.merging import merge_tickets, unmerge_ticket
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.splitting import split_ticket
from helpdesk.tickets.surveys import rate_ticket
from helpdesk.tickets.writing import begin_ticket, reply

CUSTOMER = Actor("customer")
TEXT = "Told again from a history."  # where the file keeps what was written to itself
# The bot counts a conversation as its own as long as nobody asked for a person.
BOT_LINES = {"bot_asked", "bot_answered", "bot_closed"}
# These may come between a conversation's first words and the bot; they say nothing of who answers.
ASIDES = {"tagged", "untagged", "transferred", "snoozed", "spam_marked", "spam_unmarked"}


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
    """Conversations that the bot took first: its line is the next one of them after the one that began them."""
    after_start: dict[str, str] = {}
    started = set()
    for line in lines:
        conversation, kind = line.get("conversation"), line.get("kind", "")
        if kind == "conversation_started":
            started.add(conversation)
        elif conversation in started and kind not in ASIDES:
            after_start.setdefault(conversation, kind)
    return {conversation for conversation, kind in after_start.items() if kind in BOT_LINES}


@dataclass
class Teller:
    """Tells each line by the verb it means."""

    bot_first: set[str]
    with_bot: set[str] = field(default_factory=set)
    cast: Cast = field(default_factory=Cast)

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
            with clock.frozen_at(moment_of(line["at"])):
                meaning(self, line)
        except KeyError as error:
            raise CannotReplay(f"Line {number} ({line['kind']}): it lacks {error}") from error
        except (ValueError, IndexError, HelpdeskError) as error:
            raise CannotReplay(f"Line {number} ({line['kind']}): {error}") from error

    def customer_message(self, line: Line, **fields: Any) -> InboundMessage:
        contact = self.cast.contact(line["person"])
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

    def record_fact(self, name: str, line: Line, *, by: Actor = CUSTOMER, **data: Any) -> None:
        """A fact of a person who may still be unknown: it is kept under the visitor they are."""
        kind = kind_of_channel(line.get("channel", ""))
        person = line["person"]
        record(name, by=by, visitor=visitor_of(person), channel=kind, data=data)

    def merge(self, line: Line) -> None:
        if line.get("conversation"):
            raise CannotReplay("this merges people; conversations are merged by “conversation_merged”")
        self.cast.merge(line)

    def start(self, line: Line) -> None:
        """A conversation begins: by the customer, or by a teammate where the line names one."""
        inbox = self.cast.inbox(line)
        if "agent" in line:
            contact, by = self.cast.contact(line["person"]), self.cast.agent(line)
            ticket = begin_ticket(contact=contact, inbox=inbox, subject=TEXT, text=TEXT, by=by)
        else:
            if line["conversation"] in self.bot_first:
                self.with_bot.add(line["conversation"])
            ticket = receive(self.customer_message(line, inbox=inbox, begins_ticket=True)).ticket
        self.cast.tickets[line["conversation"]] = ticket.pk

    def write(self, line: Line) -> None:
        ticket = self.cast.ticket(line)
        if is_over(ticket):
            reopen_ticket(ticket, by=Actor.customer(ticket.contact))
        receive(self.customer_message(line, inbox=ticket.inbox, ticket_id=ticket.pk))

    def reopen(self, line: Line) -> None:
        if "agent" in line:
            reopen_ticket(self.cast.ticket(line), by=self.cast.agent(line))
        else:
            self.write(line)

    def ask_bot(self, line: Line) -> None:
        ticket = self.cast.ticket(line)
        record(names.BOT_ASKED, by=Actor.customer(ticket.contact), ticket=ticket)

    def answer_by_bot(self, line: Line) -> None:
        data = {"article": line.get("article")}
        record(names.BOT_ANSWERED, by=BOT, ticket=self.cast.ticket(line), data=data)

    def close_by_bot(self, line: Line) -> None:
        close_by_bot(self.cast.ticket(line), reason=line.get("value", ""))

    def hand_over(self, line: Line) -> None:
        ticket = self.cast.ticket(line)
        self.with_bot.discard(line["conversation"])
        record(names.BOT_HANDED_OVER, by=BOT, ticket=ticket)
        queue_ticket(ticket, by=BOT)

    def queue(self, line: Line) -> None:
        self.with_bot.discard(line["conversation"])
        queue_ticket(self.cast.ticket(line), by=self.cast.teammate(line))

    def answer(self, line: Line) -> None:
        reply(self.cast.ticket(line), line.get("text") or TEXT, by=self.cast.agent(line))

    def handle(self, line: Line) -> None:
        """So many seconds a teammate had the conversation before them."""
        ticket, by = self.cast.ticket(line), self.cast.teammate(line)
        record(names.TICKET_HANDLED, by=by, ticket=ticket, value=int(line["value"]))

    def close(self, line: Line) -> None:
        """A close by a teammate asks the customer for a rating, as the job after a close does."""
        ticket = close_ticket(self.cast.ticket(line), by=self.cast.teammate(line))
        closed = Event.objects.filter(ticket=ticket, name=names.TICKET_CLOSED).order_by("-id").first()
        if closed:
            send_survey(closed)

    def merge_conversation(self, line: Line) -> None:
        """The conversation is put into the one that `into` names."""
        kept = self.cast.ticket({"conversation": line["into"]})
        merge_tickets(kept, self.cast.ticket(line), by=self.cast.teammate(line))

    def unmerge_conversation(self, line: Line) -> None:
        unmerge_ticket(self.cast.ticket(line), by=self.cast.teammate(line))

    def split_conversation(self, line: Line) -> None:
        """The customer's message number `value`, counted from 0, becomes the conversation `to`; with `with_later`
        everything after it too."""
        ticket = self.cast.ticket(line)
        asked = ticket.messages.filter(kind=Message.Kind.INCOMING).in_order()
        message = asked[int(line["value"])]
        later, by = bool(line.get("with_later")), self.cast.teammate(line)
        self.cast.tickets[line["to"]] = split_ticket(message, with_later=later, by=by).pk

    def rate(self, line: Line) -> None:
        ticket = self.cast.ticket(line)
        survey = Survey.objects.filter(ticket=ticket).order_by("-sent_at", "-id").first()
        score, by = int(line["value"]), Actor.customer(ticket.contact)
        if survey:
            rate_ticket(survey, score=score, by=by)
        else:  # rated without having been asked
            record(names.SURVEY_RATED, by=by, ticket=ticket, value=score)

    def mark_spam(self, line: Line) -> None:
        mark_spam(self.cast.ticket(line), by=self.cast.teammate(line))

    def unmark_spam(self, line: Line) -> None:
        unmark_spam(self.cast.ticket(line), by=self.cast.teammate(line))

    def transfer(self, line: Line) -> None:
        to = self.cast.department(line["department"])
        transfer_ticket(self.cast.ticket(line), to=to, by=self.cast.teammate(line))

    def tag(self, line: Line) -> None:
        tag_ticket(self.cast.ticket(line), tags=tags_of(line), by=self.cast.teammate(line))

    def untag(self, line: Line) -> None:
        untag_ticket(self.cast.ticket(line), tags=tags_of(line), by=self.cast.teammate(line))

    def snooze(self, line: Line) -> None:
        until = moment_of(line.get("until") or line["value"])
        snooze_ticket(self.cast.ticket(line), until=until, by=self.cast.teammate(line))


def tags_of(line: Line) -> list[str]:
    """One tag, or a list of them."""
    tags = line["value"]
    return [tags] if isinstance(tags, str) else list(tags)


def fact_of(name: str, *kept: str, by: Actor = CUSTOMER) -> Callable[[Teller, Line], None]:
    """The meaning of a line that is only written down, with those of its fields that are `kept`."""
    return lambda teller, line: teller.record_fact(
        name, line, by=by, **{key: line[key] for key in kept if key in line}
    )


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
    "proactive_sent": fact_of(names.PROACTIVE_SENT, "message", by=SYSTEM),
    "proactive_delivered": fact_of(names.PROACTIVE_DELIVERED, "message", by=SYSTEM),
    "proactive_bounced": fact_of(names.PROACTIVE_BOUNCED, "message", by=SYSTEM),
    "proactive_opened": fact_of(names.PROACTIVE_OPENED, "message"),
    "proactive_clicked": fact_of(names.PROACTIVE_CLICKED, "message"),
    "proactive_replied": fact_of(names.PROACTIVE_REPLIED, "message"),
    "goal_met": fact_of(names.GOAL_MET, "goal", "message"),
    "exposed": fact_of(names.EXPERIMENT_EXPOSED, "experiment", "arm", by=SYSTEM),
    **dict.fromkeys(
        ("merged", "people_merged", "contact_merged", "person_merged", "identified"), Teller.merge
    ),
    "conversation_started": Teller.start,
    "customer_replied": Teller.write,
    "reopened": Teller.reopen,
    "bot_asked": Teller.ask_bot,
    "bot_answered": Teller.answer_by_bot,
    "bot_closed": Teller.close_by_bot,
    "handed_over": Teller.hand_over,
    "queued": Teller.queue,
    "human_replied": Teller.answer,
    "handled": Teller.handle,
    "closed": Teller.close,
    "rated": Teller.rate,
    "conversation_merged": Teller.merge_conversation,
    "conversation_unmerged": Teller.unmerge_conversation,
    "conversation_split": Teller.split_conversation,
    "spam_marked": Teller.mark_spam,
    "spam_unmarked": Teller.unmark_spam,
    "transferred": Teller.transfer,
    "tagged": Teller.tag,
    "untagged": Teller.untag,
    "snoozed": Teller.snooze,
}
