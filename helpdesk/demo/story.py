"""One ticket's past, told with the verbs of the desk at moments of our choosing.

Each method leaves behind the rows and facts that the verb of the same name in helpdesk.tickets would
have left (tests/helpdesk/demo/test_story.py holds the two together). Ids come later, when all stories
are told and can be numbered in the order things happened: until then facts point at rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.utils.text import Truncator

from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact, User
from helpdesk.tickets.durations import business_seconds, seconds_between
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.text import snippet_of

BusinessClock = Callable[[datetime, datetime, int | None], int]
HANDING_OVER = timedelta(seconds=2)
REASONS = {"email": "reference", "webchat": "conversation", "telegram": "conversation"}


@dataclass
class Fact:
    """An event to be, and the rows that its data will name by id."""

    event: Event
    rows: dict[str, Model] = field(default_factory=dict)


@dataclass
class Story:
    contact: Contact
    inbox: Inbox
    subject: str
    language: str
    business_seconds: BusinessClock = business_seconds
    ticket: Ticket = field(init=False)
    messages: list[Message] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def customer(self) -> Actor:
        return Actor.customer(self.contact)

    def open(self, at: datetime, text: str, *, external_id: str, attributes: dict[str, str]) -> None:
        """The customer writes for the first time."""
        self.ticket = Ticket(
            subject=self.subject or Truncator(snippet_of(text)).chars(80),
            inbox=self.inbox,
            channel=self.inbox.kind,
            department_id=self.inbox.department_id,
            contact=self.contact,
            language=self.language,
            attributes=attributes,
            created_at=at,
            updated_at=at,
            last_message_at=at,
            first_asked_at=at,
            queued_at=at,
        )
        data = {"started_by": "customer", "inbox": self.inbox.pk}
        self.record(names.TICKET_CREATED, at, by=self.customer, data=data)
        self.record(names.TICKET_QUEUED, at, by=self.customer)
        self.receive(at, text, external_id=external_id)

    def receive(self, at: datetime, text: str, *, external_id: str) -> None:
        ticket, was_finished = self.ticket, self.ticket.is_finished
        is_mail = self.inbox.kind == Inbox.Kind.EMAIL
        message = self.add_message(at, Message.Kind.INCOMING, text, by=self.customer, external_id=external_id)
        message.subject = (
            (self.subject if len(self.messages) == 1 else f"Re: {self.subject}") if is_mail else ""
        )
        message.to = [self.inbox.address] if is_mail else []
        message.in_reply_to = self.last_answer() if is_mail else ""
        message.thread_reason = (
            REASONS[self.inbox.kind] if len(self.messages) > 1 else "new" if is_mail else ""
        )
        message.language = self.language
        message.contact, message.released_at = self.contact, at
        self.touch(at, text)
        self.record(names.MESSAGE_RECEIVED, at, by=self.customer, rows={"message": message})
        ticket.waiting_since = ticket.waiting_since or at
        if was_finished or ticket.status in (Ticket.Status.PENDING, Ticket.Status.ON_HOLD):
            ticket.status = Ticket.Status.OPEN
        if was_finished:
            ticket.closed_at = None
            self.record(names.TICKET_REOPENED, at, by=self.customer)

    def reply(self, at: datetime, text: str, *, user: User, external_id: str) -> None:
        ticket, by = self.ticket, Actor.agent(user)
        is_first = ticket.first_replied_at is None
        message = self.add_message(at, Message.Kind.OUTGOING, text, by=by, external_id=external_id)
        self.hand_over(message, at)
        self.touch(at, text)
        queued = ticket.queued_at
        self.record(
            names.MESSAGE_REPLIED,
            at,
            by=by,
            value=seconds_between(queued, at) if is_first else None,
            business_value=self.business_seconds(queued, at, ticket.department_id) if is_first else None,
            data={"first": is_first},
            rows={"message": message},
        )
        ticket.waiting_since, ticket.first_replied_at = None, ticket.first_replied_at or at
        if ticket.status == Ticket.Status.NEW:
            ticket.status = Ticket.Status.OPEN
        self.record(names.MESSAGE_SENT, at + HANDING_OVER, by=SYSTEM, rows={"message": message})

    def note(self, at: datetime, text: str, *, user: User) -> None:
        message = self.add_message(at, Message.Kind.NOTE, text, by=Actor.agent(user))
        self.ticket.updated_at = at
        self.record(
            names.MESSAGE_NOTED, at, by=Actor.agent(user), data={"mentions": []}, rows={"message": message}
        )

    def assign(self, at: datetime, user: User, *, by: User) -> None:
        before, self.ticket.assignee = self.ticket.assignee_id, user
        if self.ticket.status == Ticket.Status.NEW:
            self.ticket.status = Ticket.Status.OPEN
        self.change(names.TICKET_ASSIGNED, at, by, data={"from": before, "to": user.pk})

    def transfer(self, at: datetime, department: Any, *, by: User) -> None:
        before, self.ticket.department_id = self.ticket.department_id, department.pk
        self.change(names.TICKET_TRANSFERRED, at, by, data={"from": before, "to": department.pk})

    def prioritise(self, at: datetime, priority: int, *, by: User) -> None:
        before, self.ticket.priority = self.ticket.priority, priority
        self.change(names.TICKET_PRIORITISED, at, by, data={"from": before, "to": priority})

    def tag(self, at: datetime, tags: list[str], *, by: User) -> None:
        self.ticket.tags = list(tags)
        self.change(names.TICKET_TAGGED, at, by, data={"tags": list(tags)})

    def set_status(self, at: datetime, status: str, *, by: User) -> None:
        before, self.ticket.status = self.ticket.status, status
        self.change(names.TICKET_STATUS_CHANGED, at, by, data={"from": before, "to": status})

    def snooze(self, at: datetime, until: datetime, *, by: User) -> None:
        self.ticket.snoozed_until = until
        self.change(names.TICKET_SNOOZED, at, by, data={"until": until.isoformat()})

    def mark_spam(self, at: datetime, *, by: User) -> None:
        self.ticket.is_spam = True
        self.change(names.TICKET_MARKED_SPAM, at, by)

    def finish(self, at: datetime, status: str, *, by: User) -> Fact:
        """Solve or close it; returns the fact, which the survey belongs to."""
        ticket, asked = self.ticket, self.ticket.first_asked_at
        ticket.status, ticket.closed_at, ticket.waiting_since = status, at, None
        return self.change(
            names.TICKET_CLOSED,
            at,
            by,
            value=seconds_between(asked, at),
            business_value=self.business_seconds(asked, at, ticket.department_id),
            data={"status": status},
        )

    def ask_rating(self, at: datetime, closing: Fact, *, agent: User, external_id: str) -> Survey:
        """Its text comes later (history.write_survey): the links in it need the survey's id."""
        message = self.add_message(at, Message.Kind.OUTGOING, "", by=SYSTEM, external_id=external_id)
        message.is_automatic = True
        self.hand_over(message, at)
        survey = Survey(
            ticket=self.ticket,
            channel=self.inbox.kind,
            agent=agent,
            close_event=closing.event,
            message=message,
            due_at=at,
            sent_at=at,
        )
        self.surveys.append(survey)
        self.ticket.last_message_at = self.ticket.updated_at = at
        data = {"first": False}
        self.record(names.MESSAGE_AUTOREPLIED, at, by=SYSTEM, data=data, rows={"message": message})
        self.record(names.SURVEY_SENT, at, by=SYSTEM, rows={"survey": survey})
        self.record(names.MESSAGE_SENT, at + HANDING_OVER, by=SYSTEM, rows={"message": message})
        return survey

    def rate(self, at: datetime, survey: Survey, score: int, comment: str) -> None:
        survey.score, survey.comment, survey.rated_at = score, comment, at
        data = {"comment": comment, "agent": survey.agent_id, "style": survey.style}
        self.record(names.SURVEY_RATED, at, by=self.customer, value=score, data=data, rows={"survey": survey})

    # -- below the verbs

    def change(self, name: str, at: datetime, by: User, **details: Any) -> Fact:
        self.ticket.updated_at = at
        return self.record(name, at, by=Actor.agent(by), **details)

    def touch(self, at: datetime, text: str) -> None:
        self.ticket.last_message_at = self.ticket.updated_at = at
        self.ticket.last_snippet = snippet_of(text)

    def last_answer(self) -> str:
        answers = (each for each in reversed(self.messages) if each.kind == Message.Kind.OUTGOING)
        return next((each.external_id for each in answers), "")

    def hand_over(self, message: Message, at: datetime) -> None:
        message.contact = self.contact
        message.to = [self.contact.email] if self.inbox.kind == "email" else []
        message.state, message.attempts = Message.State.SENT, 1
        message.released_at, message.sent_at = at, at + HANDING_OVER
        if self.inbox.kind == "webchat":  # they sat before it: nothing of the past is mailed after them now
            message.state, message.read_at = Message.State.READ, at + HANDING_OVER

    def add_message(self, at: datetime, kind: str, text: str, *, by: Actor, external_id: str = "") -> Message:
        message = Message(
            ticket=self.ticket,
            kind=kind,
            inbox=self.inbox,
            channel=self.inbox.kind,
            author_kind=by.kind,
            author_name=by.name,
            user_id=by.id if by.kind == "agent" else None,
            text=text,
            external_id=external_id,
            created_at=at,
        )
        self.messages.append(message)
        return message

    def record(
        self,
        name: str,
        at: datetime,
        *,
        by: Actor,
        data: dict | None = None,
        rows: dict[str, Model] | None = None,
        value: int | None = None,
        business_value: int | None = None,
    ) -> Fact:
        event = Event(
            occurred_at=at,
            recorded_at=at,
            name=name,
            channel=self.ticket.channel,
            department_id=self.ticket.department_id,
            contact_id=self.contact.pk,
            ticket=self.ticket,
            actor_kind=by.kind,
            actor_id=by.id,
            actor_name=by.name,
            value=value,
            business_value=business_value,
            data=data or {},
            told_at=at + HANDING_OVER,
        )
        fact = Fact(event, rows or {})
        self.facts.append(fact)
        return fact
