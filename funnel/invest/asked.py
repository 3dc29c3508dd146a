"""What people asked about in a month, from their own words: first messages, tags, and searches that led nowhere."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Left

from funnel.invest.desk import Desk, sampled
from funnel.invest.phrases import Said, Term, read_texts, terms_of
from funnel.report.period import Period
from funnel.sessions.people import People
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Message

READ_CHARACTERS = 400  # of a first message: what comes later is detail
SEARCH_LASTS = timedelta(minutes=30)
MOST_MESSAGES, MOST_SEARCHES = 20_000, 50_000
COMMON = 0.1  # what stands in more of the messages of a language is how people write, not what they ask about
LEAST_LIFT = 2.0  # how much more often than usual the commonest tag of a phrase is found beside it


@dataclass
class Conversation:
    ticket: int
    person: str
    tags: list[str]
    first_response: int | None
    said: Said = field(default_factory=Said)


@dataclass
class Asked:
    """One language's month. `step`: how many conversations each stands for. Searches: term -> who, and its spellings."""

    language: str
    conversations: list[Conversation] = field(default_factory=list)
    searched: dict[Term, set[str]] = field(default_factory=lambda: defaultdict(set))
    typed: dict[Term, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    step: int = 1

    @cached_property
    def saying(self) -> dict[Term, list[Conversation]]:
        """Term -> the conversations that hold it."""
        saying: dict[Term, list[Conversation]] = defaultdict(list)
        for conversation in self.conversations:
            for term in conversation.said.terms:
                saying[term].append(conversation)
        return saying

    def holding(self, term: Term) -> list[Conversation]:
        if len(term) < 3:
            return self.saying.get(term, [])
        rarest = min((self.saying.get((stem,), []) for stem in term), key=len)
        return [each for each in rarest if each.said.holds(term)]


def read_month(desk: Desk, period: Period) -> dict[str, Asked]:
    """Language -> what was asked in it. Departments whose tickets only some may see are left out: a topic quotes."""
    months: dict[str, Asked] = {}
    rows, step = sampled(desk.conversations(period).exclude(desk.restricted), most=MOST_MESSAGES)
    fields = ("ticket", "person", "language", "tags", "first_response")
    for ticket, person, language, tags, wait in rows.order_by("ticket").values_list(*fields):
        month = months.setdefault(spoken(language), Asked(spoken(language), step=step))
        month.conversations.append(Conversation(ticket, person, tags, wait))
    for month in months.values():
        listen(month)
    for language, searches in searches_in_vain(period).items():
        month = months.setdefault(language, Asked(language, step=step))
        for (person, query), term in zip(
            searches, terms_of([query for _p, query in searches], language), strict=True
        ):
            if term:
                month.searched[term].add(person)
                month.typed[term][query] += 1
    return months


def spoken(language: str) -> str:
    return language or settings.LANGUAGE_CODE


def listen(month: Asked) -> None:
    """Read the first message of each conversation."""
    tickets = [conversation.ticket for conversation in month.conversations]
    texts = dict(
        Message.objects.filter(ticket__in=tickets, kind=Message.Kind.INCOMING, is_automatic=False)
        .order_by("ticket", "created_at", "id")
        .distinct("ticket")
        .annotate(beginning=Left("text", READ_CHARACTERS))
        .values_list("ticket", "beginning")
    )
    said = read_texts([texts.get(ticket, "") for ticket in tickets], month.language)
    for conversation, words in zip(month.conversations, said, strict=True):
        conversation.said = words


def searches_in_vain(period: Period) -> dict[str, list[tuple[str, str]]]:
    """Language -> (who, query) of searches that found nothing, or after which nothing was opened for half an hour.

    Of queries that one person typed one after the other in that time, the last: the others were on the way to it.
    """
    opened = Event.objects.filter(
        Q(visitor=OuterRef("visitor")) | Q(visitor=None, contact=OuterRef("contact")),
        name=names.ARTICLE_VIEWED,
        occurred_at__gte=OuterRef("occurred_at"),
        occurred_at__lt=OuterRef("occurred_at") + SEARCH_LASTS,
    )
    rows = (
        Event.objects.filter(
            name=names.ARTICLE_SEARCHED, occurred_at__gte=period.start, occurred_at__lt=period.end
        )
        .exclude(visitor=None, contact=None)
        .filter(Q(data__results=0) | ~Exists(opened))
        .annotate(query=KT("data__query"), language=KT("data__language"))
        .order_by("-occurred_at", "-id")
        .values_list("contact", "visitor", "occurred_at", "query", "language")[:MOST_SEARCHES]
    )
    rows = list(rows)
    people = People(visitors={str(visitor) for _contact, visitor, *_rest in rows if visitor})
    later: dict[str, datetime] = {}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for contact, visitor, at, query, language in rows:
        person = people.of(contact, str(visitor) if visitor else None)
        if person in later and later[person] - at < SEARCH_LASTS:
            continue
        later[person] = at
        found[spoken(language or "")].append((person, " ".join((query or "").lower().split())))
    return found


class Manner:
    """How the writers of one month write, to tell what they ask about from turns of speech."""

    def __init__(self, month: Asked) -> None:
        self.count = len(month.conversations)
        self.by_tag: dict[str, set[int]] = defaultdict(set)
        for conversation in month.conversations:
            for tag in conversation.tags:
                self.by_tag[tag].add(conversation.ticket)
        self.tagged = set().union(*self.by_tag.values())

    def holds(self, tickets: set[int]) -> bool:
        """Whether these share only a way of writing: in very many of all, or found beside every tag alike."""
        if len(tickets) > COMMON * self.count:
            return True
        own = tickets & self.tagged
        if 2 * len(self.tagged) < self.count or not own:  # too few tags to tell
            return False
        usual = len(own) / len(self.tagged)
        return all(len(own & tagged) < LEAST_LIFT * usual * len(tagged) for tagged in self.by_tag.values())
