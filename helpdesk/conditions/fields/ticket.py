"""Where a ticket stands."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.cache import caches
from django.db.models import Case as Told
from django.db.models import Func, Max, Q, TextField, Value, When
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk import clock
from helpdesk.conditions import choices
from helpdesk.conditions.cases import BOT_NAMES, STATUS_NAMES, Case
from helpdesk.conditions.fields.base import (
    OF_PEOPLE,
    OF_TICKET_OR_VISITOR,
    Field,
    Over,
    Sql,
    column,
    first_of,
    key_of,
    keys_of,
    seconds_since,
)
from helpdesk.events.models import Event
from helpdesk.tickets.marks import OURS

OPEN_HELD = 5  # seconds in which the database hears of other hours
INBOX = pgettext_lazy("channel", "Inbox")


def language(case: Case) -> list[str]:
    """Its code, and without what stands after it: pt-br is pt, too. Of a visitor the one of ours that their browser asks for."""
    if case.moment:
        return key_of(language_of_ours(case.moment.language))
    code = (case.ticket.language or case.contact.language).lower()
    return list(dict.fromkeys((code, code.partition("-")[0]))) if code else []


def language_of_ours(code: str) -> str:
    """zh-hans for zh-CN; the code itself where it is none of ours."""
    return next((ours for ours, _name in settings.LANGUAGES if code.lower()[:2] == ours[:2]), code)


def language_sql(over: Over) -> list:
    told = NullIf(over.of_ticket("language"), Value(""))
    code = Lower(Coalesce(told, NullIf(over.of_ticket("contact__language"), Value(""))))
    return [code, Func(code, Value("-"), Value(1), function="split_part", output_field=TextField())]


def seconds(since: datetime | None, at: datetime) -> Decimal | None:
    return None if since is None else Decimal((at - since) // timedelta(microseconds=1)) / 1_000_000


def status_since(over: Over) -> BaseExpression:
    changes = Event.objects.filter(ticket=over.ticket_id, name__in=STATUS_NAMES).order_by()
    newest = changes.values("ticket").annotate(newest=Max("occurred_at"))
    return Coalesce(first_of(newest, "newest"), over.of_ticket("created_at"))


def bot_outcomes() -> choices.Choices:
    return [
        ("bot.answered", _now("has answered")),
        ("bot.closed", _now("has closed it")),
        ("bot.handed_over", _now("has handed it over")),
    ]


def bot_sql(over: Over) -> list:
    told = Event.objects.filter(ticket=over.ticket_id, name__in=BOT_NAMES).order_by("-occurred_at", "-id")
    return [first_of(told, "name")]


def is_escalated(case: Case) -> bool:
    return case.ticket.escalated_at is not None


def is_asleep(case: Case) -> bool:
    return case.ticket.snoozed_until is not None


def is_there(path: str) -> Sql:
    return lambda over: Told(When(Q((f"{over.prefix}{path}__isnull", False)), then=True), default=False)


def office(case: Case) -> list[str]:
    return ["open" if case.is_office_open else "closed"]


def open_places() -> list[int | None]:
    """The departments that are open now, None for tickets without one; perhaps some seconds old, since lists ask it all day."""
    now = clock.now()
    at_hand = f"conditions.open.{now:%Y%m%d%H%M}"
    found = caches["process"].get(at_hand)
    if found is None:
        hours = import_string(settings.BUSINESS_HOURS)
        places = [None, *choices.Department.objects.values_list("pk", flat=True)]
        found = [place for place in places if (known := hours(place)) is None or known.is_open(now)]
        caches["process"].set(at_hand, found, OPEN_HELD)
    return found


def office_sql(over: Over) -> list | None:
    """Of tickets as it is now; what it was at an event only the hours themselves can tell."""
    if over.prefix:
        return None
    open_now = open_places()
    whens = [When(department_id=place, then=Value("open")) for place in open_now if place]
    if None in open_now:
        whens.append(When(department_id=None, then=Value("open")))
    return [Told(*whens, default=Value("closed"), output_field=TextField())]


def marks() -> choices.Choices:
    return [(key, str(name)) for key, name in OURS.items()]


TICKET_FIELDS = (
    Field(
        "channel",
        _("Channel"),
        "choice",
        lambda case: [case.ticket.channel],
        keys_of("channel"),
        choices.channels,
    ),
    Field(
        "inbox",
        INBOX,
        "choice",
        lambda case: key_of(case.ticket.inbox_id),
        keys_of("inbox_id"),
        choices.inboxes,
    ),
    Field(
        "department",
        _("Department"),
        "choice",
        lambda case: key_of(case.ticket.department_id),
        keys_of("department_id"),
        choices.departments,
    ),
    Field(
        "assignee",
        _("Assignee"),
        "choice",
        lambda case: key_of(case.ticket.assignee_id),
        keys_of("assignee_id"),
        choices.agents,
    ),
    Field(
        "language",
        _("Language"),
        "choice",
        language,
        language_sql,
        choices.languages,
        scopes=OF_PEOPLE,
        of=OF_TICKET_OR_VISITOR,
    ),
    Field(
        "tag",
        _("Tags"),
        "tags",
        lambda case: case.ticket.tags,
        column("tags"),
        hint=_("tags with commas between"),
    ),
    Field(
        "priority",
        _("Priority"),
        "choice",
        lambda case: key_of(case.ticket.priority),
        keys_of("priority"),
        choices.priorities,
    ),
    Field(
        "status",
        _("Status"),
        "choice",
        lambda case: [case.ticket.status],
        keys_of("status"),
        choices.statuses,
    ),
    Field(
        "status_age",
        _("Time in its status"),
        "duration",
        lambda case: seconds(case.known.status_since or case.ticket.created_at, case.at),
        lambda over: seconds_since(over, status_since(over)),
    ),
    Field(
        "waiting",
        _("The customer waits"),
        "duration",
        lambda case: seconds(case.ticket.waiting_since, case.at),
        lambda over: seconds_since(over, over.of_ticket("waiting_since")),
    ),
    Field(
        "age",
        _("Age of the ticket"),
        "duration",
        lambda case: seconds(case.ticket.created_at, case.at),
        lambda over: seconds_since(over, over.of_ticket("created_at")),
    ),
    Field("mark", _("Marked as"), "tags", lambda case: case.ticket.marks, column("marks"), marks),
    Field("escalated", _("Escalated"), "yes_no", is_escalated, is_there("escalated_at")),
    Field("snoozed", _("Snoozed"), "yes_no", is_asleep, is_there("snoozed_until")),
    Field("bot", _("The bot"), "choice", lambda case: key_of(case.known.bot), bot_sql, bot_outcomes),
    Field("office", _("Our office"), "state", office, office_sql, choices.office_states),
)
