"""Writing to somebody who looks around on the site, before they have written."""

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from helpdesk.errors import Conflict
from helpdesk.events.actor import Actor
from helpdesk.people.contacts import find_or_create_contact
from helpdesk.people.models import ContactIdentity, User
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import begin_ticket
from helpdesk.visitors.rows import Row, language_of


class TalksAlready(Conflict):
    code = "talks_already"
    sentence = _("Somebody of the team is in a chat with them already.")


def start_chat(row: Row, text: str, *, by: User) -> Ticket:
    """A conversation in the widget of this visitor that begins with our words. Raises TalksAlready, and Invalid for
    nothing to say."""
    said = row.here.said
    with transaction.atomic():
        contact = find_or_create_contact(
            ContactIdentity.Kind.VISITOR,
            str(row.visitor),
            name=said.get("name", ""),
            email=said.get("email", ""),
            language=language_of(row.here),
        )
        if Ticket.objects.unfinished().filter(contact=contact, inbox=row.inbox).exists():
            raise TalksAlready
        return begin_ticket(
            contact=contact,
            inbox=row.inbox,
            subject=Truncator(" ".join(text.split())).chars(80) or "…",
            text=text,
            by=Actor.agent(by),
            attributes=page_of(row),
        )


def page_of(row: Row) -> dict[str, str]:
    """Where they were, as a conversation that they begin themselves keeps it."""
    page = {"page": row.here.url, "page_title": row.here.title, "referrer": row.here.referrer}
    return {name: value for name, value in page.items() if value}
