"""What a survey says, its signed link, and the rating that comes back. asking_surveys.py says who is asked."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict, Invalid
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.attributes.ours import NO_SURVEYS
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Survey, Ticket

SALT = "helpdesk.survey"
UNSUBSCRIBE_SALT = "helpdesk.survey.unsubscribe"
SCORES = (1, 2, 3, 4, 5)
THUMBS = (4, 2)
CHANGED_WITHIN = timedelta(days=1)  # of the rating
LONGEST_COMMENT = 4000


def language_of(ticket: Ticket) -> str:
    known = dict(settings.LANGUAGES)
    return next((code for code in (ticket.language, ticket.contact.language) if code in known), "en")


def survey_text(survey: Survey) -> str:
    """The question as plain text; mail and widget show it with buttons of their own."""
    lines = [question_of(survey), ""]
    lines += [
        f"{score} – {words}: {survey_url(survey, score)}"
        for score, words in score_words(survey.style).items()
    ]
    return "\n".join(lines)


def question_of(survey: Survey) -> str:
    return survey.question or _("How was our help?")


def score_words(style: str = Survey.Style.SCALE) -> dict[int, str]:
    """What can be answered, the best first. A thumb is no "Very good": it counts as in the chat (thumbs.py)."""
    words = {5: _("Very good"), 4: _("Good"), 3: _("So-so"), 2: _("Bad"), 1: _("Very bad")}
    return words if style == Survey.Style.SCALE else {score: words[score] for score in THUMBS}


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


def is_open(survey: Survey) -> bool:
    """Whether it can be rated, or the rating be changed."""
    return survey.rated_at is None or clock.now() - survey.rated_at < CHANGED_WITHIN


def rate_ticket(survey: Survey, *, score: int, comment: str = "", by: Actor) -> Survey:
    """Keep the customer's rating, 1 to 5; rating again within a day replaces it. An empty comment keeps the one given.

    Raises Invalid for what is no rating, and Conflict where it can't be changed any more.
    """
    if score not in SCORES:
        raise Invalid(_("Rate from 1 to 5."), field="score")
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(_("At most %(most)s characters.") % {"most": LONGEST_COMMENT}, field="comment")
    with transaction.atomic():
        survey = Survey.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=survey.pk)
        comment = comment.strip() or survey.comment
        if (survey.score, survey.comment) == (score, comment):
            return survey
        if not is_open(survey):
            raise Conflict(_("You have rated this already. A rating can be changed for a day."))
        survey.score, survey.comment, survey.rated_at = score, comment, clock.now()
        survey.save(update_fields=["score", "comment", "rated_at"])
        data = {
            "survey": survey.pk,
            "comment": comment[:500],
            "agent": survey.agent_id,
            "style": survey.style,
        }
        record(names.SURVEY_RATED, by=by, ticket=survey.ticket, value=score, data=data)
    return survey
