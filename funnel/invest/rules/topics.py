"""Topics that people ask about and that no article speaks of."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string

from funnel.invest.asked import Asked, Conversation, Manner, read_month
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
    missing = without_article(large_topics(month))
    followed = topics_named(month, known) | missing
    earlier = topics_named(read_month(desk, desk.before), followed) if followed else {}
    for subject, topic in followed.items():
        yield measure(desk, topic, before=earlier[subject].questions, is_missing=subject in missing)


def large_topics(month: Month) -> list[Topic]:
    """Everything that was named by a tag or a search, or is a frequent pair of words, and was asked often enough."""
    topics: dict[tuple[str, Term], Topic] = {}
    terms = [
        (language, term)
        for language, asked in month.items()
        for term in (*asked.searched, *phrases_of(asked))
    ]
    for language, term in terms:
        topics.setdefault((language, term), gather_topic(month, language, term))
    add_tags(month, topics)
    return [topic for topic in topics.values() if topic.questions >= LEAST]


def topics_named(month: Month, subjects: Iterable[str]) -> dict[str, Topic]:
    """Subject -> its topic, however small it is in this month."""
    keys = [read_subject(subject) for subject in subjects]
    topics = {key: gather_topic(month, *key) for key in keys}
    add_tags(month, topics, only_known=True)
    return {topic.subject: topic for topic in topics.values()}


def gather_topic(month: Month, language: str, term: Term) -> Topic:
    """Who asked about it in first messages and in searches."""
    asked = month.get(language) or Asked(language)
    topic = Topic(language, term, step=asked.step)
    topic.conversations = {each.ticket: each for each in asked.holding(term)}
    topic.searchers = set(asked.searched.get(term, ()))
    topic.is_named = bool(topic.searchers)
    typed = asked.typed.get(term)
    written = (
        each.said.pairs[term].lower() for each in topic.conversations.values() if term in each.said.pairs
    )
    topic.written = Counter(typed) if typed else Counter(written)
    return topic


def add_tags(month: Month, topics: dict[tuple[str, Term], Topic], *, only_known: bool = False) -> None:
    """Tags are written in the workspace's language, whatever the customer's."""
    language = settings.LANGUAGE_CODE
    tagged: dict[str, list[Conversation]] = defaultdict(list)
    for asked in month.values():
        for conversation in asked.conversations:
            for tag in conversation.tags:
                tagged[tag].append(conversation)
    for tag, term in zip(tagged, terms_of(list(tagged), language), strict=True):
        if not term or (only_known and (language, term) not in topics):
            continue
        topic = topics.get((language, term)) or gather_topic(month, language, term)
        topics[language, term] = topic
        topic.conversations |= {each.ticket: each for each in tagged[tag]}
        topic.written[tag.replace("-", " ").replace("_", " ")] += len(tagged[tag])
        topic.is_named = True


def phrases_of(asked: Asked) -> Iterator[Term]:
    """Pairs of words in at least LEAST first messages, without turns of speech."""
    manner = Manner(asked)
    for term, conversations in asked.saying.items():
        if term not in conversations[0].said.pairs or len(conversations) * asked.step < LEAST:
            continue
        if not manner.holds({each.ticket for each in conversations}):
            yield term


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
