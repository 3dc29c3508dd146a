"""Topics that people ask about and that no article speaks of."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string

from funnel.invest.asked import Asked, Conversation, is_way_of_writing, read_month
from funnel.invest.desk import Desk
from funnel.invest.findings import Finding
from funnel.invest.phrases import IDEOGRAPHS, Term, most_written, read_texts, terms_of
from funnel.report.estimates import percentile

LEAST = 5  # questions a month
MOST, LOOKED_UP = 8, 80  # topics told of; candidates that are looked up in the help center
HITS = 3  # articles looked at for each
KEPT_TICKETS = 200
Month = dict[str, Asked]


@dataclass
class Topic:
    """What was asked about in one language: in conversations, and by searchers who found nothing and did not write."""

    language: str
    term: Term
    conversations: dict[int, Conversation] = field(default_factory=dict)
    searchers: set[str] = field(default_factory=set)
    written: Counter[str] = field(default_factory=Counter)
    is_named: bool = False  # somebody typed it as a tag or a search: it is not only a frequent pair of words
    step: int = 1

    @property
    def subject(self) -> str:
        return f"{self.language}:{' '.join(self.term)}"[:120]

    @property
    def label(self) -> str:
        return most_written(self.written)

    @property
    def only_searched(self) -> set[str]:
        return self.searchers - {each.person for each in self.conversations.values()}

    @property
    def questions(self) -> int:
        return len(self.conversations) * self.step + len(self.only_searched)

    @property
    def askers(self) -> set[object]:
        return {*self.conversations, *self.only_searched}


def find_topics_without_article(desk: Desk, known: frozenset[str]) -> Iterator[Finding]:
    """The largest topics without an article, and those that were decided on whether or not they have one by now."""
    month = read_month(desk, desk.month)
    topics = topics_of(month)
    missing = without_article(topics.values())
    earlier = topics_of(read_month(desk, desk.before), only={*missing, *known}) if missing or known else {}
    for subject in dict.fromkeys([*missing, *sorted(known)]):
        topic = topics.get(subject) or Topic(*read_subject(subject))
        before = earlier[subject].questions if subject in earlier else 0
        yield measure(desk, topic, before=before, is_missing=subject in missing)


def topics_of(month: Month, only: set[str] | None = None) -> dict[str, Topic]:
    """Subject -> topic, of everything named or said often enough; with `only`, of these however small."""
    topics: dict[tuple[str, Term], Topic] = {}

    def topic(language: str, term: Term) -> Topic:
        step = month[language].step if language in month else 1
        return topics.setdefault((language, term), Topic(language, term, step=step))

    for language, asked in month.items():
        for term, searchers in asked.searched.items():
            found = topic(language, term)
            found.searchers |= searchers
            found.written += asked.typed[term]
            found.is_named = True
            found.conversations |= {
                each.ticket: each for each in asked.conversations if each.said.holds(term)
            }
    add_tags(month, topic)
    for language, asked in month.items():
        wanted = (
            None if only is None else {term for place, term in map(read_subject, only) if place == language}
        )
        for term, conversations, written in phrases_of(asked, wanted):
            found = topic(language, term)
            found.conversations |= {each.ticket: each for each in conversations}
            found.written += written
    return {
        each.subject: each
        for each in topics.values()
        if (each.questions >= LEAST if only is None else each.subject in only)
    }


def add_tags(month: Month, topic: Callable[[str, Term], Topic]) -> None:
    """Tags are written in the workspace's language, whatever the customer's."""
    tagged: dict[str, list[Conversation]] = defaultdict(list)
    for asked in month.values():
        for conversation in asked.conversations:
            for tag in conversation.tags:
                tagged[tag].append(conversation)
    names = list(tagged)
    for tag, term in zip(names, terms_of(names, settings.LANGUAGE_CODE), strict=True):
        if term:
            found = topic(settings.LANGUAGE_CODE, term)
            found.conversations |= {each.ticket: each for each in tagged[tag]}
            found.written[tag.replace("-", " ").replace("_", " ")] += len(tagged[tag])
            found.is_named = True


def phrases_of(
    asked: Asked, wanted: set[Term] | None
) -> Iterator[tuple[Term, list[Conversation], Counter[str]]]:
    """Pairs of words in the first messages of at least LEAST conversations, without turns of speech; or those wanted."""
    saying: dict[Term, list[Conversation]] = defaultdict(list)
    by_tag: dict[str, set[int]] = defaultdict(set)
    for conversation in asked.conversations:
        for term in conversation.said.pairs:
            saying[term].append(conversation)
        for tag in conversation.tags:
            by_tag[tag].add(conversation.ticket)
    for term, conversations in saying.items():
        tickets = {each.ticket for each in conversations}
        is_often_said = len(tickets) * asked.step >= LEAST
        if (
            term in wanted
            if wanted is not None
            else is_often_said and not is_way_of_writing(tickets, asked, by_tag)
        ):
            yield term, conversations, Counter(each.said.pairs[term].lower() for each in conversations)


def without_article(topics: Iterable[Topic]) -> dict[str, Topic]:
    """The topics to tell of, largest first.

    What is only a frequent pair of words is left out where most of those who asked are in a larger topic already,
    whether that one has an article or not; a tag or search only where the larger one is told of too.
    """
    missing: dict[str, Topic] = {}
    covered: set[object] = set()
    told: set[object] = set()
    ordered = sorted(
        topics, key=lambda each: (-each.questions, not each.is_named, -len("".join(each.term)), each.subject)
    )
    for topic in ordered[:LOOKED_UP]:
        askers = topic.askers
        if 2 * len(askers & (told if topic.is_named else covered)) > len(askers):
            continue
        covered |= askers
        if len(missing) < MOST and not has_article(topic):
            missing[topic.subject] = topic
            told |= askers
    return missing


def has_article(topic: Topic) -> bool:
    """Whether one of the best hits for it speaks of it: all its words in title, summary and the passage found."""
    hits = import_string(settings.ARTICLE_FINDER)(topic.label, language=topic.language, limit=HITS)
    return any(
        speaks_of(f"{hit.title}. {hit.summary}. {hit.snippet}", topic.term, hit.language) for hit in hits
    )


def speaks_of(text: str, term: Term, language: str) -> bool:
    said = read_texts([text], language)[0]
    return all(stem in text if IDEOGRAPHS.search(stem) else (stem,) in said.words for stem in term)


def measure(desk: Desk, topic: Topic, *, before: int, is_missing: bool) -> Finding:
    waits = [each.first_response for each in topic.conversations.values() if each.first_response is not None]
    median = percentile(waits, 0.5)
    helped = topic.questions * desk.readers_helped
    written = len(topic.conversations) * topic.step
    return Finding(
        subject=topic.subject,
        figure=topic.questions,
        is_firing=is_missing,
        figures={
            **({"topic": topic.label} if topic.written else {}),  # asked about no more, it keeps its name
            "language": topic.language,
            "questions": topic.questions,
            "before": before,
            "conversations": written,
            "searches": len(topic.only_searched),
            "median": median,
            "helped": desk.readers_helped,
            "tickets": sorted(topic.conversations, reverse=True)[:KEPT_TICKETS],
        },
        team_hours=desk.team_hours(helped),
        waiting_hours=written * desk.readers_helped * (median or 0) / 3600,
    )


def read_subject(subject: str) -> tuple[str, Term]:
    language, _colon, words = subject.partition(":")
    return language, tuple(words.split())
