"""Who is asked how it was, and when: by a job after the closing, through the channel of the ticket.

The row comes first, at the closing, and is due at once or later; until then a ticket that is opened again drops it. The plan
of asking is made above the core: settings.SURVEY_PLANNER.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.events.telling import hears
from helpdesk.people.attributes.ours import NO_SURVEYS
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import Contact
from helpdesk.sweeping import count_each
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.surveys import language_of, survey_text
from helpdesk.tickets.writing import inbox_of_answer, reply

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Plan:
    """How a customer is asked. `questions`: language -> in which words, where they are not ours; `rest`: for how long nobody
    is asked again."""

    wait: timedelta = timedelta()
    rest: timedelta = timedelta()
    style: str = Survey.Style.SCALE
    questions: dict[str, str] = field(default_factory=dict)
    policy_id: int | None = None


@hears(names.TICKET_CLOSED, names.MESSAGE_REPLIED)
def on_event(event: Event) -> None:
    """Listener: a closed ticket asks its customer how it was. Where the answer could still be taken back when the
    ticket was closed, it does so once the answer is out."""
    close_event = event if event.name == names.TICKET_CLOSED else last_closing(event.ticket_id)
    if close_event:
        send_survey(close_event)


def last_closing(ticket_id: int) -> Event | None:
    """The closing of a ticket that is closed still."""
    if not Ticket.objects.filter(pk=ticket_id).finished().exists():
        return None
    closings = Event.objects.filter(ticket=ticket_id, name=names.TICKET_CLOSED)
    return closings.order_by("-id").first()


def send_survey(close_event: Event) -> Survey | None:
    """Ask once per closing, now or when it is due; nothing where no person of the team has answered, it is open again, a
    machine may not write to this customer, or the team has planned otherwise."""
    ticket = Ticket.objects.select_related("contact", "inbox").get(pk=close_event.ticket_id)
    if Survey.objects.filter(close_event=close_event).exists() or not deserves_survey(ticket):
        return None
    plan = import_string(settings.SURVEY_PLANNER)(ticket, close_event)
    if plan is None:
        return None
    with transaction.atomic():
        contact = lock_contact(ticket.contact_id)  # before any row of its tickets
        if last_closing(ticket.pk) != close_event:  # opened again meanwhile, and perhaps closed again
            return None
        drop_superseded(close_event)
        if has_rest(contact, plan.rest):
            return None
        survey, is_new = Survey.objects.get_or_create(
            close_event=close_event, defaults=written_down(ticket, plan, close_event)
        )
        if not is_new or survey.due_at > clock.now():
            return survey
        return ask(survey, ticket)


def drop_superseded(close_event: Event) -> None:
    """What waits of an earlier closing of the ticket is asked no more; it must not count as asked either."""
    waiting = Survey.objects.filter(ticket=close_event.ticket_id, sent_at=None, dropped_at=None)
    waiting.exclude(close_event=close_event).update(dropped_at=clock.now())


def has_rest(contact: Contact, rest: timedelta) -> bool:
    """Whether they were asked within that time, or will be. Call it with the contact locked."""
    if not rest:
        return False
    asked = Survey.objects.filter(ticket__contact=contact, dropped_at=None)
    return asked.filter(Q(sent_at__gt=clock.now() - rest) | Q(sent_at=None)).exists()


def written_down(ticket: Ticket, plan: Plan, close_event: Event) -> dict:
    return {
        "ticket": ticket,
        "channel": inbox_of_answer(ticket).kind,
        "agent": last_agent(ticket),
        "policy_id": plan.policy_id,
        "style": plan.style,
        "question": plan.questions.get(language_of(ticket), ""),
        "due_at": close_event.occurred_at + plan.wait if plan.wait else clock.now(),
    }


def send_due_surveys() -> int:
    """Ask those whose time has come; returns how many. Safe to run twice at the same time."""
    waiting = Survey.objects.filter(due_at__lte=clock.now(), sent_at=None, dropped_at=None)
    return count_each(send_due_survey, waiting.order_by("due_at").values_list("pk")[:MOST_AT_ONCE])


def send_due_survey(survey_id: int) -> bool:
    """False where it was asked meanwhile, or is to be asked no more."""
    contact_id = Survey.objects.values_list("ticket__contact", flat=True).get(pk=survey_id)
    with transaction.atomic():
        lock_contact(contact_id)
        waiting = Survey.objects.select_for_update(of=("self",)).filter(sent_at=None, dropped_at=None)
        survey = waiting.filter(pk=survey_id).first()
        if survey is None:
            return False
        ticket = Ticket.objects.select_related("contact", "inbox").get(pk=survey.ticket_id)
        if still_stands(survey, ticket):
            return ask(survey, ticket) is not None
        drop(survey)
    return False


def still_stands(survey: Survey, ticket: Ticket) -> bool:
    """The ticket is closed by that very closing, and its customer may be asked."""
    closing = last_closing(ticket.pk)
    return closing is not None and closing.pk == survey.close_event_id and deserves_survey(ticket)


def ask(survey: Survey, ticket: Ticket) -> Survey | None:
    """Send it; None where a machine may not write to this customer. Call it with the contact locked."""
    survey.ticket = ticket
    with translation.override(language_of(ticket)):
        survey.message = reply(ticket, survey_text(survey), by=SYSTEM)
    if survey.message is None:
        drop(survey)
        return None
    survey.sent_at = clock.now()
    survey.save(update_fields=["message", "sent_at"])
    record(names.SURVEY_SENT, by=SYSTEM, ticket=ticket, data={"survey": survey.pk})
    return survey


def drop(survey: Survey) -> None:
    survey.dropped_at = clock.now()
    survey.save(update_fields=["dropped_at"])


def deserves_survey(ticket: Ticket) -> bool:
    return (
        ticket.is_finished
        and ticket.is_real
        and ticket.merged_into_id is None
        and ticket.first_replied_at is not None
        and bool(ticket.first_asked_at)
        and not ticket.contact.attributes.get(NO_SURVEYS)  # unsubscribed
    )


def last_agent(ticket: Ticket) -> object | None:
    """Who is credited: the teammate with the last human answer (metrics.md, CSAT)."""
    last = (
        ticket.messages.filter(kind=Message.Kind.OUTGOING, author_kind="agent", released_at__isnull=False)
        .order_by("-created_at")
        .first()
    )
    return last.user if last else None
