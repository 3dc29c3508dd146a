"""Thumbs during a chat: a rating that nobody had to ask for. The survey after closing comes all the same, and its rating
is the later one, so it is the one that counts."""

from django.db import transaction

from helpdesk import clock
from helpdesk.errors import NotThere
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.people.contacts import lock_contact
from helpdesk.tickets.asking_surveys import last_agent
from helpdesk.tickets.models import Survey, Ticket
from helpdesk.tickets.surveys import rate_ticket

SCORES = {"up": 4, "down": 2}  # Good and Bad of the survey's five: a thumb is no "Very good"


def rate_by_thumb(ticket: Ticket, *, thumb: str, by: Actor) -> Survey:
    """Keep `up` or `down` for the conversation so far; another one replaces it. Raises NotThere where no person of the
    team has answered yet."""
    with transaction.atomic():
        lock_contact(ticket.contact_id)  # two presses at once are one rating
        survey = survey_by_thumb(ticket) or offer(ticket)
        survey = rate_ticket(survey, score=SCORES[thumb], by=by)
    return survey


def offer(ticket: Ticket) -> Survey:
    answers = Event.objects.filter(ticket=ticket.pk, name=names.MESSAGE_REPLIED, actor_kind="agent")
    answered = answers.order_by("id").first()
    if answered is None:
        raise NotThere
    survey = Survey.objects.create(
        ticket=ticket,
        channel=ticket.channel,
        agent=last_agent(ticket),
        close_event=answered,  # what occasioned it: here not a closing
        sent_at=clock.now(),
    )
    record(names.SURVEY_SENT, by=SYSTEM, ticket=ticket, data={"survey": survey.pk})
    return survey


def survey_by_thumb(ticket: Ticket) -> Survey | None:
    own = Survey.objects.filter(ticket=ticket.pk, close_event__name=names.MESSAGE_REPLIED)
    return own.order_by("id").first()


def thumb_of(ticket: Ticket) -> str:
    """up, down, or "" where none was given."""
    survey = survey_by_thumb(ticket)
    return next((thumb for thumb, score in SCORES.items() if survey and survey.score == score), "")
