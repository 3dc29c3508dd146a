"""What an agent sees beside a ticket: who asks, what they tried, what was before."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.apps import apps
from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.utils.timezone import localtime

from helpdesk import clock
from helpdesk.desk.same_person import same_person
from helpdesk.desk.sight import departments_of
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.people.deeds import Deed, deeds_of
from helpdesk.people.models import Contact, User
from helpdesk.people.presence import Here, those_here
from helpdesk.people.visitors import CLAIMS
from helpdesk.tickets.attributes import without_ours
from helpdesk.tickets.models import Participant, Survey, Ticket
from helpdesk.tickets.participants import people_on
from helpdesk.tickets.subjects import are_close

MOST = 5
SAME_WITHIN = timedelta(days=7)
ANSWERS = "answers"  # of a ticket: [[question, answer], ...]


@dataclass
class About:
    """Everything the context pane prints, read at once."""

    local_time: datetime | None
    language: str
    page: str
    answers: list[tuple[str, str]]  # to the form before a chat
    attributes: list[tuple[str, str]]
    claims: list[tuple[str, str]]  # what a site said of its visitor without a proof
    proved_id: str  # the customer's own id of the person, where it is proved
    visitor: UUID | None  # the browser in which they are on the site, else one in which they were
    now_on: str  # the page where they are now
    past: list[Ticket]
    past_more: int
    ratings: list[Survey]
    read: list["ReadArticle"]
    deeds: list[Deed]  # what they did on the site, as its pages told
    people: list[Participant]
    maybe_same: Ticket | None
    same_person: Contact | None
    colleagues: list[User]
    departments: list
    statuses: list[tuple[str, str]] = field(default_factory=lambda: list(Ticket.Status.choices))
    priorities: list[tuple[int, str]] = field(default_factory=lambda: list(Ticket.Priority.choices))


@dataclass(frozen=True)
class ReadArticle:
    title: str
    url: str
    at: datetime


def about_ticket(ticket: Ticket, user: User) -> About:
    past = list(
        Ticket.objects.visible_to(user)
        .of(ticket.contact)
        .real()
        .filter(merged_into=None)
        .exclude(pk=ticket.pk)
        .only("subject", "status", "created_at", "channel")
        .order_by("-created_at")[: MOST + 1]
    )
    prefetch_related_objects([ticket.contact], "identities")  # the composer asks for them, too
    known_by = [(one.kind, one.value, one.is_verified) for one in ticket.contact.identities.all()]
    browsers = [UUID(value) for kind, value, _ in known_by if kind == "visitor" and is_uuid(value)]
    departments = departments_of(user)
    here = whereabouts(ticket, browsers, departments)
    return About(
        local_time=local_time_of(ticket),
        language=language_name(ticket.language or ticket.contact.language),
        page=str(ticket.attributes.get("page") or ticket.attributes.get("url") or ""),
        answers=[(str(question), str(answer)) for question, answer in ticket.attributes.get(ANSWERS, [])],
        attributes=[
            (name, str(value))
            for name, value in without_ours(ticket.contact.attributes).items()
            if value not in ("", None)
        ],
        claims=list((ticket.contact.attributes.get(CLAIMS) or {}).items()),
        proved_id=next(
            (value for kind, value, is_verified in known_by if kind == "external" and is_verified), ""
        ),
        visitor=UUID(hex=here.visitor) if here else next(iter(browsers), None),
        now_on=(here.title or here.url) if here else "",
        past=past[:MOST],
        people=people_on(ticket),
        maybe_same=maybe_same(ticket, past),
        same_person=same_person(ticket),
        past_more=len(past) > MOST,
        ratings=ratings_of(ticket, user),
        read=articles_read(ticket, browsers),
        deeds=deeds_seen(ticket, browsers, departments),
        colleagues=colleagues_of(ticket),
        departments=departments,
    )


def whereabouts(ticket: Ticket, browsers: list[UUID], departments: list) -> Here | None:
    """Where they are now; nothing of the pages of an inbox that is none of these departments'."""
    found = those_here(browsers)
    seen = open_inboxes({here.inbox for here in found}, ticket, departments)
    return next((here for here in found if here.inbox in seen), None)


def deeds_seen(ticket: Ticket, browsers: list[UUID], departments: list) -> list[Deed]:
    """What they did last; nothing of the pages of an inbox that is none of these departments'."""
    deeds = deeds_of(browsers) if browsers else []
    seen = open_inboxes({deed.inbox for deed in deeds}, ticket, departments)
    return [deed for deed in deeds if deed.inbox in seen][:MOST]


def open_inboxes(ids: set[int], ticket: Ticket, departments: list) -> set[int]:
    """Those of the inboxes that belong to no department, to one of these, or to the ticket."""
    others = ids - {ticket.inbox_id}
    seen_by_all = Q(department=None) | Q(department__in=departments)
    seen = Inbox.objects.filter(seen_by_all, pk__in=others).values_list("pk", flat=True) if others else ()
    return {ticket.inbox_id, *seen}


def maybe_same(ticket: Ticket, past: list[Ticket]) -> Ticket | None:
    """Another open ticket of the same customer with a subject like this one's: perhaps they wrote twice."""
    if ticket.is_finished or ticket.is_spam:
        return None
    near = (other for other in past if abs(other.created_at - ticket.created_at) <= SAME_WITHIN)
    return next((one for one in near if not one.is_finished and are_close(one.subject, ticket.subject)), None)


def local_time_of(ticket: Ticket) -> datetime | None:
    """What the customer's clock shows, where their time zone is known."""
    try:
        return (
            localtime(clock.now(), ZoneInfo(ticket.contact.time_zone)) if ticket.contact.time_zone else None
        )
    except (ZoneInfoNotFoundError, ValueError, OSError):  # "America" is a folder
        return None


def language_name(code: str) -> str:
    return dict(settings.LANGUAGES).get(code, code)


def ratings_of(ticket: Ticket, user: User) -> list[Survey]:
    """The customer's newest ratings, of this ticket and of others the agent may see."""
    return list(
        Survey.objects.filter(
            ticket__in=Ticket.objects.visible_to(user).of(ticket.contact), rated_at__isnull=False
        )
        .select_related("agent")
        .order_by("-rated_at")[:MOST]
    )


def articles_read(ticket: Ticket, browsers: list[UUID]) -> list[ReadArticle]:
    """The articles this person opened most recently, each once, newest first. `browsers`: the visitors they were."""
    of_person = Q(contact=ticket.contact_id) | Q(visitor__in=browsers)
    events = Event.objects.filter(of_person, name=names.ARTICLE_VIEWED).order_by("-occurred_at")
    seen: dict[int, datetime] = {}
    for article, at in events.values_list("data__article", "occurred_at")[:30]:
        seen.setdefault(article, at)
    newest = dict(list(seen.items())[:MOST])
    titles = titles_of(list(newest), ticket.language or "en") if newest else {}
    return [ReadArticle(*titles[pk], at=at) for pk, at in newest.items() if pk in titles]


def colleagues_of(ticket: Ticket) -> list[User]:
    """The members of the team who may see this ticket."""
    agents = User.objects.agents().only("name", "email", "role")
    department = ticket.department
    if department and department.is_restricted:
        agents = agents.filter(role=User.Role.ADMIN) | agents.filter(departments=department)
    return list(agents.distinct())


def is_uuid(value: str) -> bool:
    """Identities of other sources may be filed under the same kind; they have read nothing here."""
    return len(value.replace("-", "")) == 32 and set(value) <= set("0123456789abcdefABCDEF-")


def titles_of(articles: list[int], language: str) -> dict[int, tuple[str, str]]:
    """Title and address of each article, in the customer's language where there is one."""
    texts = apps.get_model("knowledge", "ArticleTranslation").objects.filter(article__in=articles)
    best: dict[int, object] = {}
    for text in texts.only("article_id", "language", "title", "slug"):
        if text.article_id not in best or text.language == language:
            best[text.article_id] = text
    return {pk: (text.title, text.get_absolute_url()) for pk, text in best.items()}
