"""Which tickets the filters of a query mean."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_

from django.conf.locale import LANG_INFO
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from helpdesk import clock
from helpdesk.desk.filters import keys
from helpdesk.desk.filters.attributes import with_attribute
from helpdesk.desk.filters.misunderstood import Misunderstood
from helpdesk.desk.filters.parsing import Asked, Term
from helpdesk.desk.filters.problems import Problem
from helpdesk.lexemes import SHORTEST_START, HasWords, fold, tsquery, words_of
from helpdesk.people.models import Contact, User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import Attachment, LastLook, Mention, Message, Survey
from helpdesk.tickets.querysets import FINISHED, UNFINISHED, needs_a_look

MOST_PEOPLE = 500  # customers that a name may mean: the newest; more than that is no name
ALL_OF_THEM = {"is", "tag", "has", "waiting", "before", "after", "created"}  # twice means both; else either
NOBODY, ME = "none", "me"


def choose_tickets(tickets: QuerySet, asked: Asked, user: User) -> tuple[QuerySet, tuple[Problem, ...]]:
    """Those of `tickets` that all filters of the query fit, and what of it means nothing here.

    Spam and the trash stay out unless the query speaks of them, or of a number. A value that means nothing fits no ticket.
    """
    problems = list(asked.problems)
    states = {term.value.lower() for term in asked.filters if term.key == "is" and not term.is_not}
    if not asked.values_of("number"):
        tickets = tickets if "spam" in states or "trash" in states else tickets.filter(is_spam=False)
        tickets = tickets if "trash" in states else tickets.filter(trashed_at=None)
    either: dict[str, list[Q]] = {}
    for term in asked.filters:
        try:
            condition = meaning_of(term, user)
        except ValueError:  # a problem already, by its grammar
            return tickets.none(), tuple(problems)
        except Misunderstood as misunderstood:
            problems.append(Problem(str(misunderstood), str(term), term.key))
            condition = Q(pk__in=[])
        if term.is_not:
            tickets = tickets.exclude(condition)
        elif term.key in ALL_OF_THEM:
            tickets = tickets.filter(condition)
        else:
            either.setdefault(term.key, []).append(condition)
    for conditions in either.values():
        tickets = tickets.filter(reduce(or_, conditions))
    return tickets, tuple(problems)


def is_narrow(asked: Asked) -> bool:
    """May the filters leave few tickets?"""
    return any(keys.find_key(term.key).is_narrow and not term.is_not for term in asked.filters)


def meaning_of(term: Term, user: User) -> Q:
    if term.key in MEANINGS:
        return MEANINGS[term.key](term.value, user)
    return with_attribute(term.key, term.value)


def from_person(value: str, user: User) -> Q:
    people = contacts_like(value).order_by("-pk").values("pk")[:MOST_PEOPLE]
    return Q(contact__in=people)


def contacts_like(value: str) -> QuerySet:
    """Customers by the beginning of their address, by words of their name, or by their company."""
    if "@" in value:
        return Contact.objects.alias(address=Lower("email")).filter(address__startswith=value.lower())
    query = tsquery(words_of(value), is_unfinished=True)
    if not query:
        return Contact.objects.none()
    of_company = Q(company__name__istartswith=value) if len(value) >= SHORTEST_START else Q(pk__in=[])
    return Contact.objects.filter(Q(HasWords("name", "email", query=query)) | of_company)


def has_tag(value: str, user: User) -> Q:
    return Q(tags__contains=[" ".join(value.replace(",", " ").split()).lower()[:40]])


def of_assignee(value: str, user: User) -> Q:
    if value.lower() in (NOBODY, ME):
        return Q(assignee=user.pk if value.lower() == ME else None)
    wanted = fold(value)
    team = User.objects.values_list("pk", "name", "email")
    ids = [pk for pk, name, email in team if begins(name, wanted) or email.lower().startswith(wanted)]
    return Q(assignee__in=some(ids, "nobody"))


def of_department(value: str, user: User) -> Q:
    if value.lower() == NOBODY:
        return Q(department=None)
    wanted = fold(value)
    ids = [department.pk for department in departments_of(user) if begins(str(department), wanted)]
    return Q(department__in=some(ids, "department"))


def begins(name: str, wanted: str) -> bool:
    """Does the name, or a word of it, begin so?"""
    name = fold(name)
    return name.startswith(wanted) or any(word.startswith(wanted) for word in name.split())


def some(ids: list[int], misunderstood: str) -> list[int]:
    if not ids:
        raise Misunderstood(misunderstood)
    return ids


def of_channel(value: str, user: User) -> Q:
    return Q(channel=keys.CHANNELS[known(value, keys.CHANNELS)])


def of_status(value: str, user: User) -> Q:
    return Q(status=known(value, keys.STATUSES))


def of_priority(value: str, user: User) -> Q:
    return Q(priority=keys.PRIORITIES[known(value, keys.PRIORITIES)])


def known(value: str, choices: Iterable[str]) -> str:
    value = value.lower().replace("-", "_")
    if value not in choices:
        raise ValueError(value)
    return value


def in_language(value: str, user: User) -> Q:
    """By its code, or by its name in English or in itself."""
    value = value.lower()
    names = {
        name: code
        for code, about in LANG_INFO.items()
        if "name" in about
        for name in (code, about["name"].lower(), about["name_local"].lower())
    }
    if value not in names:
        raise Misunderstood("language")
    code = names[value]
    return Q(language__iexact=code) | Q(language__istartswith=f"{code}-")


def holds(value: str, user: User) -> Q:
    ticket = OuterRef("pk")
    return Q(
        Exists(
            {
                "attachment": Attachment.objects.filter(message__ticket=ticket),
                "note": Message.objects.filter(ticket=ticket, kind=Message.Kind.NOTE),
                "rating": Survey.objects.filter(ticket=ticket, score__isnull=False),
            }[known(value, keys.HOLDINGS)]
        )
    )


def waiting_for(value: str, user: User) -> Q:
    sign, span = keys.read_span(value)
    edge = now() - span
    return Q(waiting_since__lt=edge) if sign == ">" else Q(waiting_since__gte=edge)


def before(value: str, user: User) -> Q:
    return Q(last_message_at__lt=morning(value))


def after(value: str, user: User) -> Q:
    return Q(last_message_at__gte=morning(value))


def created(value: str, user: User) -> Q:
    """On a day, before it (`<`) or after it (`>`); of a span, `>7d` means longer ago than it."""
    sign, day = keys.read_compared_day(value, today())
    if sign and keys.AGO.match(value.lower().lstrip("<>=")):
        sign = "<" if sign == ">" else ">"
    begin, end = start_of(day), start_of(day + timedelta(days=1))
    return {
        "<": Q(created_at__lt=begin),
        ">": Q(created_at__gte=end),
        "": Q(created_at__gte=begin, created_at__lt=end),
    }[sign]


def morning(value: str) -> datetime:
    return start_of(keys.read_day(value, today()))


def start_of(day: object) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_current_timezone())


def today() -> object:
    return timezone.localtime(clock.now()).date()


def now() -> datetime:
    """To the minute, so that the same question is the same statement for a while."""
    return clock.now().replace(second=0, microsecond=0)


def with_number(value: str, user: User) -> Q:
    return Q(pk=keys.read_number(value))


REAL = Q(is_spam=False, trashed_at=None)
AWAKE = REAL & Q(status__in=UNFINISHED, snoozed_until=None)


def is_unread(user: User) -> Q:
    looked = LastLook.objects.filter(ticket=OuterRef("ticket"), user=user, message_id__gte=OuterRef("pk"))
    unseen = Message.objects.filter(~Exists(looked), ticket=OuterRef("pk"), kind=Message.Kind.INCOMING)
    return AWAKE & Q(waiting_since__isnull=False) & Q(Exists(unseen))


def is_escalated(user: User) -> Q:
    """Was escalated, or waits too long: for a day, or for hours without anybody who has it."""
    return AWAKE & needs_a_look(now())


STATES: dict[str, Callable[[User], Q]] = {
    "open": lambda user: AWAKE,
    "closed": lambda user: REAL & Q(status__in=FINISHED, merged_into=None),
    "unassigned": lambda user: Q(assignee=None),
    "assigned": lambda user: Q(assignee__isnull=False),
    "mine": lambda user: Q(assignee=user.pk),
    "snoozed": lambda user: REAL & Q(status__in=UNFINISHED, snoozed_until__isnull=False),
    "waiting": lambda user: AWAKE & Q(waiting_since__isnull=False),
    "unread": is_unread,
    "mentioned": lambda user: Q(Exists(Mention.objects.filter(ticket=OuterRef("pk"), user=user))),
    "escalated": is_escalated,
    "merged": lambda user: Q(merged_into__isnull=False),
    "spam": lambda user: Q(is_spam=True, trashed_at=None),
    "trash": lambda user: Q(trashed_at__isnull=False),
}


def is_state(value: str, user: User) -> Q:
    return STATES[known(value, STATES)](user)


MEANINGS: dict[str, Callable[[str, User], Q]] = {
    "from": from_person,
    "is": is_state,
    "tag": has_tag,
    "assignee": of_assignee,
    "department": of_department,
    "channel": of_channel,
    "status": of_status,
    "priority": of_priority,
    "language": in_language,
    "has": holds,
    "waiting": waiting_for,
    "before": before,
    "after": after,
    "created": created,
    "number": with_number,
}
