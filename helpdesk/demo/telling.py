"""Telling stories: a talk, a customer and a channel become a ticket with everything that happened to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from helpdesk.demo import shop
from helpdesk.demo.calendar import awake, worked
from helpdesk.demo.cast import Person
from helpdesk.demo.phrases import PHRASES, SPAM
from helpdesk.demo.plan import DAY, HOUR, MINUTE, around, past_moments
from helpdesk.demo.story import Story
from helpdesk.demo.talks import AGENT, CUSTOMER, NOTE, Talk, Turn
from helpdesk.demo.team import Team
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket

SCORES, SCORE_WEIGHTS = (5, 4, 3, 2, 1), (56, 27, 8, 5, 4)
RATED = {"webchat": 0.42, "telegram": 0.33, "email": 0.24}
COMES_BACK = 0.05
SOLVED = 0.11
PAGES = ("tents", "backpacks", "jackets", "boots", "sleeping-bags", "returns", "checkout")


@dataclass
class Teller:
    """What one telling knows: who talks with whom about what, and by which channel."""

    rng: Random
    team: Team
    talk: Talk
    person: Person
    inbox: Inbox

    def __post_init__(self) -> None:
        self.agent: User = self.team.agent_for(self.talk.department)
        self.wording = self.rng.randrange(self.talk.wordings)
        self.words = PHRASES[self.person.customer.language]
        self.facts: dict[str, str] = {}

    # -- a whole story, long ago

    def tell(self, start: datetime) -> Story:
        """From the first word to the last rating. It may end in the future: the caller sees to that."""
        turns = self.talk.turns
        moments = past_moments(self.rng, start, turns, self.inbox.kind)
        story = self.begin(turns[0], moments[0])
        for turn, at in zip(turns[1:], moments[1:-1], strict=True):
            self.take_turn(story, turn, at)
        ended = self.end(story, moments[-1])
        if self.rng.random() < COMES_BACK:
            self.come_back(story, ended)
        return story

    def end(self, story: Story, at: datetime) -> datetime:
        status = Ticket.Status.SOLVED if self.rng.random() < SOLVED else Ticket.Status.CLOSED
        closing = story.finish(at, status, by=self.agent)
        asked = at + timedelta(seconds=self.rng.randint(1, 4))
        external_id = self.team.outgoing_id(self.inbox)
        survey = story.ask_rating(asked, closing, agent=self.agent, external_id=external_id)
        if self.rng.random() < RATED[self.inbox.kind]:
            median = 2 * MINUTE if self.inbox.kind == Inbox.Kind.WEBCHAT else 7 * HOUR
            asked = awake(asked + timedelta(seconds=around(self.rng, median))).replace(microsecond=0)
            score = self.score()
            story.rate(asked, survey, score, self.comment(score))
        return asked

    def score(self) -> int:
        return (
            self.rng.choices(SCORES, SCORE_WEIGHTS)[0]
            if self.talk.priority < 4
            else self.rng.choice((2, 3, 4))
        )

    def comment(self, score: int) -> str:
        words = self.rng.choice(self.words["praise" if score >= 4 else "blame"])
        return words.format(agent=self.agent.name.split()[0])

    def come_back(self, story: Story, after: datetime) -> None:
        """One more question on the finished ticket, which reopens it."""
        question, answer = self.rng.choice(self.words["again"])
        wait = around(self.rng, HOUR if self.inbox.kind == Inbox.Kind.WEBCHAT else 14 * HOUR, 0.4)
        at = awake(after + timedelta(seconds=min(wait, 1.5 * DAY)))
        story.receive(at, self.customer_words(question, is_first=False), external_id=self.incoming_id())
        at = worked(at, around(self.rng, 25 * MINUTE)).replace(microsecond=0)
        story.reply(
            at, self.agent_words(answer), user=self.agent, external_id=self.team.outgoing_id(self.inbox)
        )
        self.end(story, worked(at, around(self.rng, 2 * HOUR)).replace(microsecond=0))

    # -- its parts

    def begin(self, turn: Turn, at: datetime) -> Story:
        customer = self.person.customer
        self.facts = shop.particulars(
            self.rng, at, language=customer.language, customer=customer, agent=self.agent.name
        )
        is_mail = self.inbox.kind == Inbox.Kind.EMAIL
        story = Story(
            contact=self.person.contact,
            inbox=self.inbox,
            subject=self.fill(self.rng.choice(self.talk.subjects)) if is_mail else "",
            language=customer.language,
            business_seconds=self.team.business_clock,
        )
        page = f"https://fernweh.example/{self.rng.choice(PAGES)}/"
        story.open(
            at,
            self.customer_words(self.fill(turn.wording(self.wording)), is_first=True),
            external_id=self.incoming_id(),
            attributes={"page": page} if self.inbox.kind == Inbox.Kind.WEBCHAT else {},
        )
        return story

    def take_turn(self, story: Story, turn: Turn, at: datetime) -> None:
        text = self.fill(turn.wording(self.wording))
        if turn.who == CUSTOMER:
            story.receive(at, self.customer_words(text, is_first=False), external_id=self.incoming_id())
            return
        if story.ticket.assignee is None:
            self.take_on(story, at - timedelta(seconds=self.rng.randint(5, 60)))
        if turn.who == NOTE:
            story.note(at, text, user=self.agent)
        elif turn.who == AGENT:
            external_id = self.team.outgoing_id(self.inbox)
            text = self.agent_words(text, is_first=story.ticket.first_replied_at is None)
            story.reply(at, text, user=self.agent, external_id=external_id)

    def take_on(self, story: Story, at: datetime) -> None:
        """The agent takes the ticket and puts it where it belongs. Never before it was there."""
        at = max(at, story.ticket.created_at + timedelta(seconds=2))
        department = self.team.departments[self.talk.department]
        if story.ticket.department_id != department.pk:
            story.transfer(at, department, by=self.agent)
        story.assign(at, self.agent, by=self.agent)
        story.tag(at, self.talk.tags, by=self.agent)
        if self.talk.priority != Ticket.Priority.NORMAL:
            story.prioritise(at, self.talk.priority, by=self.agent)

    # -- their words

    def fill(self, text: str) -> str:
        return text.format_map(self.facts)

    def incoming_id(self) -> str:
        return self.team.incoming_id(self.inbox, self.person.identity)

    def customer_words(self, text: str, *, is_first: bool) -> str:
        if self.inbox.kind != Inbox.Kind.EMAIL or not is_first:
            return text
        hello, bye = self.rng.choice(self.words["hello"]), self.rng.choice(self.words["bye"])
        return f"{hello}\n\n{text}\n\n{bye.format(name=self.person.customer.name)}"

    def agent_words(self, text: str, *, is_first: bool = False) -> str:
        first = self.person.customer.first_name
        if self.inbox.kind == Inbox.Kind.EMAIL:
            return self.words["answer"].format(first=first, text=text, agent=self.agent.name)
        hello = self.rng.choice(self.words["chat_hello"]) if is_first and self.person.customer.name else ""
        return hello.format(first=first) + text


def tell_spam(rng: Random, team: Team, person: Person, start: datetime) -> Story:
    subject, text = rng.choice(SPAM)
    story = Story(contact=person.contact, inbox=team.inboxes["email"], subject=subject, language="en")
    external_id = team.incoming_id(story.inbox, person.identity)
    story.open(start, text, external_id=external_id, attributes={})
    found = worked(start, around(rng, HOUR)).replace(microsecond=0)
    story.mark_spam(found, by=team.agent_for("Support"))
    return story
