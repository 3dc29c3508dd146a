"""A trigger that tells: people by a notice, the customer by the survey, other programs by a webhook."""

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk import clock
from helpdesk.conditions import Case
from helpdesk.conditions.choices import Choices, agents, departments
from helpdesk.errors import Conflict, NotThere
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify
from helpdesk.people.models import User
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.noticing import who_see
from routing.models import Department, Trigger, Webhook
from routing.webhooks.telling import tell_webhook

ASSIGNEE, MEMBERS, ADMINS = "assignee", "members", "admins"
AGENT, DEPARTMENT = "agent:", "department:"


def recipients() -> Choices:
    """Who can be told: whoever has to do with the ticket, a department, a person."""
    fixed = [
        (ASSIGNEE, _("whoever has it")),
        (MEMBERS, _("the department that has it")),
        (ADMINS, _("all admins")),
    ]
    teams = [
        (f"{DEPARTMENT}{key}", _("the department %(name)s") % {"name": name}) for key, name in departments()
    ]
    return [*fixed, *teams, *((f"{AGENT}{key}", name) for key, name in agents())]


def notify_people(case: Case, value: str, by: Actor) -> str:
    """Tell them under the bell, and as each has chosen. Returns why nobody was told."""
    ticket = Ticket.objects.select_related("contact").get(pk=case.ticket.pk)  # as earlier actions left it
    told = who_see(people_of(value, ticket), ticket)
    if not told:
        return _("Nobody was told: there is nobody there who may see the ticket.")
    notify(
        told,
        Notice.Kind.RULE,
        key=f"rule:{by.id}:{ticket.pk}:{clock.now().isoformat()}",
        title=format_lazy("{name}: {ticket}", name=by.name, ticket=str(ticket)),
        text=format_lazy(
            gettext_lazy("From {customer}. {words}"), customer=str(ticket.contact), words=ticket.last_snippet
        ),
        url=f"/desk/tickets/{ticket.pk}/",
        ticket_id=ticket.pk,
        reason=Notice.Reason.ADMIN if value == ADMINS else Notice.Reason.RULE,
    )
    return ""


def people_of(value: str, ticket: Ticket) -> list[User]:
    active = User.objects.filter(is_active=True)
    if value == ASSIGNEE:
        return list(active.filter(pk=ticket.assignee_id))
    if value == MEMBERS:
        return list(active.filter(departments=ticket.department_id)) if ticket.department_id else []
    if value == ADMINS:
        return list(User.objects.admins())
    if value.startswith(DEPARTMENT):
        department = Department.objects.filter(pk=value.removeprefix(DEPARTMENT), is_active=True).first()
        if department is None:
            raise NotThere(_("The department is no longer in use."))
        return list(active.filter(departments=department))
    people = list(User.objects.agents().filter(pk=value.removeprefix(AGENT)))
    if not people:
        raise NotThere(_("The agent is no longer active."))
    return people


def send_the_survey(case: Case, value: str, by: Actor) -> str:
    """Of the last closing, once. Returns why it was not sent."""
    closings = Event.objects.filter(ticket=case.ticket.pk, name=names.TICKET_CLOSED)
    closing = closings.order_by("-id").first()
    if closing is None:
        raise Conflict(_("Not sent: the ticket has never been closed."))
    sent = send_survey(closing)
    return "" if sent else _("Not sent: it was sent for this closing already, or this ticket asks for none.")


def webhooks() -> Choices:
    return [(str(each.pk), each.name) for each in Webhook.objects.all()]


def call_webhook(case: Case, value: str, by: Actor) -> None:
    """Stored now, sent by a job after the commit."""
    webhook = Webhook.objects.filter(pk=value).first()
    if webhook is None:
        raise NotThere(_("The webhook is gone."))
    ticket = Ticket.objects.select_related("contact", "department", "assignee").get(pk=case.ticket.pk)
    trigger = Trigger.objects.get(pk=by.id)
    what = case.event.name if case.event else trigger.on[0]
    tell_webhook(webhook, ticket, what=what, message=case.message, trigger=trigger)
