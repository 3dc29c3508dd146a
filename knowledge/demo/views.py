"""A year of reading in the demo help center: visitors who found their answer, and some who wrote all the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from helpdesk import clock
from helpdesk.demo.calendar import ROME, arrivals
from helpdesk.demo.copying import copy_rows, take_ids
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.contacts import VISITOR
from helpdesk.people.models import ContactIdentity
from helpdesk.tickets.models import Ticket
from knowledge.counting import recount_views
from knowledge.demo import taste
from knowledge.models import Article, ArticleTranslation, ArticleVote

READERS = 5600
YEAR = timedelta(days=365)
SEARCHES_FIRST = 0.32
VOTES = 0.11
SAYS_WHY = 0.4  # of those who vote no
READ_BEFORE_WRITING = 0.3  # of those who wrote to the team
SEED = 1893


@dataclass
class Reader:
    """One person's visit: who, from when on, in which language, and what is open to them."""

    rng: Random
    at: datetime
    language: str
    visitor: UUID | None
    contact: int | None = None
    events: list[Event] = field(default_factory=list)
    votes: list[ArticleVote] = field(default_factory=list)

    def wait(self, least: int, most: int) -> None:
        self.at += timedelta(seconds=self.rng.randint(least, most))

    def note(self, name: str, **data: object) -> None:
        self.events.append(
            Event(
                occurred_at=self.at,
                recorded_at=self.at,
                told_at=self.at,
                name=name,
                contact_id=self.contact,
                visitor=self.visitor,
                actor_kind="customer",
                actor_id=self.contact,
                data=data | {"language": self.language},
            )
        )


def fill_views(readers: int = READERS) -> None:
    """Fill the ledger with about two events a reader. Call it after the articles and the ticket history; once."""
    if Event.objects.filter(name=names.ARTICLE_VIEWED).exists():
        return
    rng, now = Random(SEED), clock.now()
    articles = dict(Article.objects.filter(slug__in=taste.POPULAR).values_list("slug", "pk"))
    written = set(ArticleTranslation.objects.published().values_list("article_id", "language"))
    desk = Shelf(rng, articles, written)
    visits = [
        browse(desk, moment)
        for moment in arrivals(rng, now - YEAR, now - timedelta(minutes=20), count=readers)
    ]
    visits += [read_before(desk, ticket) for ticket in tickets_of_readers(rng)]
    store(visits, now)


@dataclass
class Shelf:
    rng: Random
    articles: dict[str, int]  # name -> id
    written: set[tuple[int, str]]

    def pick(self, at: datetime) -> str:
        local = at.astimezone(ROME)
        season = taste.CHRISTMAS if local.month == 12 and local.day < 25 else {}
        names_here = list(self.articles)
        return self.rng.choices(
            names_here, [taste.POPULAR[name] * season.get(name, 1) for name in names_here]
        )[0]

    def visitor(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def language_of(self, article_id: int, language: str) -> str:
        return language if (article_id, language) in self.written else "en"


def browse(shelf: Shelf, at: datetime) -> Reader:
    """Somebody looks for an answer, perhaps searches, reads one to three articles and leaves."""
    rng = shelf.rng
    language = rng.choices(list(taste.LANGUAGES), list(taste.LANGUAGES.values()))[0]
    reader = Reader(rng, at, language, shelf.visitor())
    if rng.random() < SEARCHES_FIRST:
        searches = taste.SEARCHES[language]
        query, results, _often = rng.choices(searches, [often for _query, _found, often in searches])[0]
        reader.note(names.ARTICLE_SEARCHED, query=query, results=results)
        reader.wait(8, 40)
        if not results:
            return reader
    wanted = dict.fromkeys(shelf.pick(at) for _turn in range(rng.choices((1, 2, 3), (64, 27, 9))[0]))
    for name in wanted:
        read(shelf, reader, name)
    return reader


def read(shelf: Shelf, reader: Reader, name: str) -> None:
    """One article: the view, and now and then an answer to "Did this help?"."""
    rng, article_id = shelf.rng, shelf.articles[name]
    wished, reader.language = reader.language, shelf.language_of(article_id, reader.language)
    reader.note(names.ARTICLE_VIEWED, article=article_id)
    reader.wait(35, 240)
    if reader.visitor and rng.random() < VOTES:
        likes = taste.HELPFUL.get(name, taste.USUALLY_HELPFUL) - (0.35 if reader.contact else 0)
        helpful = rng.random() < likes
        reader.note(names.ARTICLE_VOTED, article=article_id, helpful=helpful)
        missed = taste.MISSED.get(name)
        says = missed and not helpful and reader.language == "en" and rng.random() < SAYS_WHY
        reader.votes.append(
            ArticleVote(
                article_id=article_id,
                language=reader.language,
                visitor=reader.visitor,
                contact_id=reader.contact,
                helpful=helpful,
                comment=rng.choice(missed) if says else "",
                voted_at=reader.at,
            )
        )
        reader.wait(5, 30)
    reader.language = wished


def tickets_of_readers(rng: Random) -> list[dict]:
    """Tickets that a customer began and whose tags say what may have been read before."""
    tickets = (
        Ticket.objects.real()
        .exclude(first_asked_at=None)
        .order_by("pk")
        .values("contact_id", "first_asked_at", "tags", "language")
    )
    return [
        ticket
        for ticket in tickets
        if any(tag in taste.BY_TAG for tag in ticket["tags"]) and rng.random() < READ_BEFORE_WRITING
    ]


def read_before(shelf: Shelf, ticket: dict) -> Reader:
    """One or two fitting articles within the hours before the ticket was written, by the one who wrote it."""
    rng = shelf.rng
    minutes = rng.choice((4, 7, 12, 18, 25, 40, 75, 150, 400))
    fitting = [name for tag in ticket["tags"] for name in taste.BY_TAG.get(tag, []) if name in shelf.articles]
    chosen = list(dict.fromkeys(rng.choices(fitting, k=rng.choice((1, 1, 2))))) if fitting else []
    at = ticket["first_asked_at"] - timedelta(minutes=minutes + 6 * len(chosen))
    reader = Reader(rng, at, ticket["language"] or "en", None, ticket["contact_id"])
    for name in chosen:
        read(shelf, reader, name)
    return reader


def store(visits: Iterable[Reader], now: datetime) -> None:
    """Copy everything in, in the order it happened; what would lie in the future is left out."""
    visits = list(visits)
    identify(visits)
    events = sorted(
        (e for visit in visits for e in visit.events if e.occurred_at < now), key=lambda e: e.occurred_at
    )
    votes = [vote for visit in visits for vote in visit.votes if vote.voted_at < now]
    for rows in (events, votes):
        for row, pk in zip(rows, take_ids(type(rows[0]), len(rows)) if rows else [], strict=True):
            row.pk = pk
        if rows:
            copy_rows(type(rows[0]), rows)
    recount_views()


def identify(visits: list[Reader]) -> None:
    """A customer of the chat widget is known by a browser too: give their views its id, as live use does."""
    browsers = dict(ContactIdentity.objects.filter(kind=VISITOR).values_list("contact_id", "value"))
    for visit in visits:
        if visit.contact in browsers:
            visitor = UUID(browsers[visit.contact])
            for event in visit.events:
                event.visitor = visitor
