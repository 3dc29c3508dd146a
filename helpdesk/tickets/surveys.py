"""The survey after closing: sent by a job, through the channel of the ticket; rated by its signed link."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.events.telling import hears
from helpdesk.people.attributes.ours import NO_SURVEYS
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.writing import inbox_of_answer, reply

SALT = "helpdesk.survey"
UNSUBSCRIBE_SALT = "helpdesk.survey.unsubscribe"
SCORES = (1, 2, 3, 4, 5)
LONGEST_COMMENT = 4000


@hears(names.TICKET_CLOSED, names.MESSAGE_REPLIED)
def on_event(event: Event) -> None:
    """Listener: a closed ticket asks its customer how it was. Where the answer could still be taken back when the
    ticket was closed, it does so once the answer is out."""
    close_event = event if event.name == names.TICKET_CLOSED else closing_before(event)
    if close_event:
        send_survey(close_event)


def closing_before(reply_event: Event) -> Event | None:
    """The closing of the ticket that is closed while this answer goes out."""
    if not Ticket.objects.filter(pk=reply_event.ticket_id).finished().exists():
        return None
    closings = Event.objects.filter(ticket=reply_event.ticket_id, name=names.TICKET_CLOSED)
    return closings.order_by("-id").first()


def send_survey(close_event: Event) -> Survey | None:
    """Ask once per closing; nothing where no person of the team has answered, it is open again, or a machine may not
    write to this customer."""
    ticket = Ticket.objects.select_related("contact", "inbox").get(pk=close_event.ticket_id)
    if Survey.objects.filter(close_event=close_event).exists() or not deserves_survey(ticket):
        return None
    with transaction.atomic():
        lock_contact(ticket.contact_id)  # before any row of its tickets
        survey = Survey.objects.create(
            ticket=ticket,
            channel=inbox_of_answer(ticket).kind,
            agent=last_agent(ticket),
            close_event=close_event,
            sent_at=clock.now(),
        )
        with translation.override(language_of(ticket)):
            survey.message = reply(ticket, survey_text(survey), by=SYSTEM)
        if survey.message is None:
            survey.delete()
            return None
        survey.save(update_fields=["message"])
        record(names.SURVEY_SENT, by=SYSTEM, ticket=ticket, data={"survey": survey.pk})
    return survey


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


def language_of(ticket: Ticket) -> str:
    known = dict(settings.LANGUAGES)
    return next((code for code in (ticket.language, ticket.contact.language) if code in known), "en")


def survey_text(survey: Survey) -> str:
    """The question as plain text; mail and widget show it with buttons of their own."""
    lines = [_("How was our help?"), ""]
    lines += [f"{score} – {words}: {survey_url(survey, score)}" for score, words in score_words().items()]
    return "\n".join(lines)


def score_words() -> dict[int, str]:
    return {5: _("Very good"), 4: _("Good"), 3: _("So-so"), 2: _("Bad"), 1: _("Very bad")}


def survey_token(survey: Survey) -> str:
    return signing.dumps(survey.pk, salt=SALT)


def survey_url(survey: Survey, score: int) -> str:
    return settings.PUBLIC_URL + reverse("tickets:rate", args=[survey_token(survey), score])


def survey_of(token: str) -> Survey | None:
    try:
        return (
            Survey.objects.select_related("ticket__contact")
            .filter(pk=signing.loads(token, salt=SALT))
            .first()
        )
    except signing.BadSignature:
        return None


def stop_surveys(contact: Contact) -> None:
    """The customer wants no more of them. Call it with the contact locked."""
    if not contact.attributes.get(NO_SURVEYS):
        contact.attributes[NO_SURVEYS] = True
        contact.save(update_fields=["attributes"])


def unsubscribe_url(contact: Contact) -> str:
    """Whoever holds it may end the contact's surveys, and nothing else."""
    token = signing.dumps(contact.pk, salt=UNSUBSCRIBE_SALT)
    return settings.PUBLIC_URL + reverse("tickets:unsubscribe", args=[token])


def contact_of_token(token: str) -> Contact | None:
    try:
        return Contact.objects.filter(pk=signing.loads(token, salt=UNSUBSCRIBE_SALT)).first()
    except signing.BadSignature:
        return None


def rate_ticket(survey: Survey, *, score: int, comment: str = "", by: Actor) -> Survey:
    """Keep the customer's rating, 1 to 5; rating again replaces it. An empty comment keeps the one given."""
    if score not in SCORES:
        raise Invalid(_("Rate from 1 to 5."), field="score")
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(_("At most %(most)s characters.") % {"most": LONGEST_COMMENT}, field="comment")
    with transaction.atomic():
        survey = Survey.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=survey.pk)
        comment = comment.strip() or survey.comment
        if (survey.score, survey.comment) == (score, comment):
            return survey
        survey.score, survey.comment, survey.rated_at = score, comment, clock.now()
        survey.save(update_fields=["score", "comment", "rated_at"])
        data = {"survey": survey.pk, "comment": comment[:500], "agent": survey.agent_id}
        record(names.SURVEY_RATED, by=by, ticket=survey.ticket, value=score, data=data)
    return survey
