"""What follows a bad rating, as the policy says by which the customer was asked."""

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.models import Event
from helpdesk.events.telling import hears
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import User
from helpdesk.tickets.actions import reopen_ticket, tag_ticket
from helpdesk.tickets.merging import standing_id
from helpdesk.tickets.models import Survey, Ticket
from helpdesk.tickets.noticing import who_see
from routing.departments import leads_of

BAD_UP_TO = 2  # of five; a thumb down is 2


@hears(names.SURVEY_RATED)
def on_event(event: Event) -> None:
    """Listener: once for a survey, when its rating is bad. A survey stays with the ticket it asked about; what was merged
    goes on elsewhere, and so does this."""
    if event.value is None or event.value > BAD_UP_TO or event.ticket_id is None:
        return
    with transaction.atomic():
        ticket = Ticket.objects.get(pk=standing_id(event.ticket))
        lock_contact(ticket.contact_id)
        asked = Survey.objects.select_for_update(of=("self",)).select_related("policy")
        survey = asked.filter(pk=event.data.get("survey"), followed_at=None).first()
        if survey is None or survey.policy is None or not ticket.is_real:
            return
        survey.followed_at = clock.now()
        survey.save(update_fields=["followed_at"])
        follow(survey, ticket)


def follow(survey: Survey, ticket: Ticket) -> None:
    policy, by = survey.policy, Actor("system", name=str(survey.policy))
    if policy.tag_bad:
        ticket = tag_ticket(ticket, tags=[policy.tag_bad], by=by)
    if policy.reopens_bad:
        ticket = reopen_ticket(ticket, by=by)
    if policy.tells_bad:
        notify(
            told_of(ticket),
            Notice.Kind.BAD_RATING,
            key=f"survey:{survey.pk}",
            title=format_lazy(
                _("Rated {score} of 5: #{number} {subject}"),
                score=survey.score,
                number=ticket.pk,
                subject=ticket.subject,
            ),
            text=survey.comment,
            url=reverse("desk:ticket", args=[ticket.pk]),
            ticket_id=ticket.pk,
            reason=Notice.Reason.RATING,
        )


def told_of(ticket: Ticket) -> list[User]:
    """Whoever has the ticket, and the leads of its department; nobody who may not see it."""
    return who_see(concerned(ticket), ticket)


def concerned(ticket: Ticket) -> set[User]:
    people = [ticket.assignee, *leads_of(ticket.department_id)]
    return {user for user in people if user and user.is_active}
