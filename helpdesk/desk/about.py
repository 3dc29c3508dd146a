"""What an agent sees beside a ticket: who asks, what they tried, what was before."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Q

from helpdesk.desk.beside import MOST, Past, Rating, past_of, ratings_of
from helpdesk.desk.known import Known, known_of, other_addresses
from helpdesk.desk.same_person import known_by_and_same_person
from helpdesk.events import names
from helpdesk.inboxes.models import Inbox
from helpdesk.people.availability import name_and_state
from helpdesk.people.deeds import Deed, deeds_of
from helpdesk.people.models import Contact, ContactIdentity, User
from helpdesk.people.presence import Here, those_here
from helpdesk.people.sight import departments_of, team_of
from helpdesk.prepared import fetch
from helpdesk.tickets.models import Participant, Ticket
from helpdesk.tickets.participants import people_on
from helpdesk.tickets.subjects import are_close

SAME_WITHIN = timedelta(days=7)
READ = """
SELECT text.article_id, text.language, text.title, text.slug, read.at
FROM (
    SELECT (data->>'article')::bigint AS article, max(occurred_at) AS at FROM (
        SELECT data, occurred_at FROM events_event
        WHERE (contact_id = %s OR visitor = ANY(%s::uuid[])) AND name = %s ORDER BY occurred_at DESC LIMIT 30
    ) viewed GROUP BY 1 ORDER BY 2 DESC LIMIT %s
) read CROSS JOIN LATERAL (
    SELECT * FROM {texts} text WHERE text.article_id = read.article ORDER BY text.language <> %s, text.id LIMIT 1
) text ORDER BY read.at DESC"""
READ_FIELDS = ("article_id", "language", "title", "slug")
ANSWERS = "answers"  # of a ticket: [[question, answer], ...]


@dataclass
class About:
    """Everything the context pane prints, read at once."""

    known: Known
    page: str
    answers: list[tuple[str, str]]  # to the form before a chat
    proved_id: str  # the customer's own id of the person, where it is proved
    addresses: list[tuple[str, bool]]  # by which they are known besides, and whether that is proved
    visitor: UUID | None  # the browser in which they are on the site, else one in which they were
    now_on: str  # the page where they are now
    past: list[Past]
    past_more: int
    ratings: list[Rating]
    read: list["ReadArticle"]
    deeds: list[Deed]  # what they did on the site, as its pages told
    people: list[Participant]
    maybe_same: Past | None
    same_person: Contact | None
    colleagues: list[
        tuple[int, str]
    ]  # who may have the ticket: id, and name with what they say of themselves
    departments: list
    statuses: list[tuple[str, str]] = field(default_factory=lambda: list(Ticket.Status.choices))
    priorities: list[tuple[int, str]] = field(default_factory=lambda: list(Ticket.Priority.choices))


@dataclass(frozen=True)
class ReadArticle:
    title: str
    url: str
    at: datetime


def about_ticket(ticket: Ticket, user: User) -> About:
    """Of a ticket of `finding.find_ticket`; `user` is the one who looks."""
    past = past_of(ticket)
    identities, same = known_by_and_same_person(ticket)  # the composer asks for the first, too
    browsers = browsers_of(identities)
    departments = departments_of(user)
    here, deeds = on_the_site(ticket, browsers, departments)
    return About(
        known=known_of(ticket),
        page=str(ticket.attributes.get("page") or ticket.attributes.get("url") or ""),
        answers=[(str(question), str(answer)) for question, answer in ticket.attributes.get(ANSWERS, [])],
        proved_id=next((one.value for one in identities if one.kind == "external" and one.is_verified), ""),
        addresses=other_addresses(ticket.contact, identities),
        **place_of(here, browsers),
        past=past[:MOST],
        people=people_on(ticket),
        maybe_same=maybe_same(ticket, past),
        same_person=same,
        past_more=len(past) > MOST,
        ratings=ratings_of(ticket),
        read=articles_read(ticket, browsers),
        deeds=deeds,
        colleagues=[(one.pk, name_and_state(one)) for one in colleagues_of(ticket, user)],
        departments=departments,
    )


def where_they_are(ticket: Ticket, user: User) -> dict[str, Any]:
    """Of the pane only where the customer is on the site now."""
    browsers = browsers_of(ticket.contact.identities.all())
    here, _deeds = on_the_site(ticket, browsers, departments_of(user))
    return place_of(here, browsers)


def browsers_of(identities: Iterable[ContactIdentity]) -> list[UUID]:
    return [UUID(one.value) for one in identities if one.kind == "visitor" and is_uuid(one.value)]


def place_of(here: Here | None, browsers: list[UUID]) -> dict[str, Any]:
    visitor = UUID(hex=here.visitor) if here else next(iter(browsers), None)
    return {"visitor": visitor, "now_on": (here.title or here.url) if here else ""}


def on_the_site(ticket: Ticket, browsers: list[UUID], departments: list) -> tuple[Here | None, list[Deed]]:
    """Where they are now, and what they did last; nothing of the pages of an inbox that is none of these departments'."""
    found, deeds = those_here(browsers), deeds_of(browsers) if browsers else []
    seen = open_inboxes({one.inbox for one in (*found, *deeds)}, ticket, departments)
    here = next((here for here in found if here.inbox in seen), None)
    return here, [deed for deed in deeds if deed.inbox in seen][:MOST]


def open_inboxes(ids: set[int], ticket: Ticket, departments: list) -> set[int]:
    """Those of the inboxes that belong to no department, to one of these, or to the ticket."""
    others = ids - {ticket.inbox_id}
    seen_by_all = Q(department=None) | Q(department__in=departments)
    seen = Inbox.objects.filter(seen_by_all, pk__in=others).values_list("pk", flat=True) if others else ()
    return {ticket.inbox_id, *seen}


def maybe_same(ticket: Ticket, past: list[Past]) -> Past | None:
    """Another open ticket of the same customer with a subject like this one's: perhaps they wrote twice."""
    if ticket.is_finished or ticket.is_spam:
        return None
    near = (other for other in past if abs(other.created_at - ticket.created_at) <= SAME_WITHIN)
    return next((one for one in near if not one.is_finished and are_close(one.subject, ticket.subject)), None)


def articles_read(ticket: Ticket, browsers: list[UUID]) -> list[ReadArticle]:
    """The articles this person opened most recently, each once, newest first, in the customer's language where there is such
    a text. `browsers`: the visitors they were."""
    texts = apps.get_model("knowledge", "ArticleTranslation")
    visitors, language = list(map(str, browsers)), ticket.language or "en"
    asked = (ticket.contact_id, visitors, names.ARTICLE_VIEWED, MOST, language)
    found = fetch(connection, READ.format(texts=texts._meta.db_table), asked)
    return [
        ReadArticle(row[2], texts(**dict(zip(READ_FIELDS, row, strict=False))).get_absolute_url(), row[-1])
        for row in found
    ]


def colleagues_of(ticket: Ticket, user: User) -> list[User]:
    """The members of the team who may see this ticket; `user` is the one who asks."""
    department = ticket.department
    is_open = department is None or not department.is_restricted
    return [
        agent
        for agent in team_of(user)
        if agent.is_active and (is_open or agent.is_admin or department.pk in agent.member_of)
    ]


def is_uuid(value: str) -> bool:
    """Identities of other sources may be filed under the same kind; they have read nothing here."""
    return len(value.replace("-", "")) == 32 and set(value) <= set("0123456789abcdefABCDEF-")
