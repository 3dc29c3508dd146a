"""What lies in the working views right now: fresh, and a little of everything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from helpdesk.demo.cast import Cast
from helpdesk.demo.plan import recent_moments
from helpdesk.demo.story import Story
from helpdesk.demo.talks import AGENT, CUSTOMER, Talk, read_talks
from helpdesk.demo.team import Team
from helpdesk.demo.telling import Teller
from helpdesk.tickets.models import Ticket

LANGUAGES = ("en", "en", "it", "en", "en", "ro", "en", "en", "en", "zh-hans", "en", "it")
CHANNELS = ("webchat", "email", "email", "webchat", "telegram")


@dataclass(frozen=True)
class Scene:
    """How far a conversation has come, and how it lies there."""

    asks: int  # customer turns so far
    answered: bool = False  # the team has the last word
    agent: str = ""  # "": nobody has taken it
    status: str = ""
    snoozed: bool = False


FOLLOWS = 2
ADMIN, AGENT_1, AGENT_2 = "admin@example.com", "agent@example.com", "agent2@example.com"
SCENES = [  # newest first
    *(Scene(1) for _ in range(5)),
    Scene(FOLLOWS, agent=AGENT_1),
    Scene(1, agent=AGENT_1),
    Scene(FOLLOWS, agent=AGENT_2),
    Scene(1, answered=True, agent=AGENT_1),
    Scene(1),
    Scene(FOLLOWS, agent=ADMIN),
    Scene(1, answered=True, agent=AGENT_2, status=Ticket.Status.PENDING),
    Scene(1),
    Scene(1, agent=AGENT_2),
    Scene(FOLLOWS, agent=AGENT_1),
    Scene(1, answered=True, agent=AGENT_1, status=Ticket.Status.PENDING),
    Scene(1),
    Scene(FOLLOWS, agent=AGENT_2),
    Scene(1, answered=True, agent=ADMIN),
    Scene(1),
    Scene(1, answered=True, agent=AGENT_2, status=Ticket.Status.ON_HOLD),
    Scene(1, agent=AGENT_1),
    Scene(FOLLOWS, agent=AGENT_2),
    Scene(1, answered=True, agent=AGENT_1, snoozed=True),
    Scene(1),
    Scene(FOLLOWS, answered=True, agent=AGENT_1, status=Ticket.Status.PENDING),
    Scene(1, answered=True, agent=AGENT_2),
    Scene(1),
    Scene(FOLLOWS, agent=ADMIN),
    Scene(1, answered=True, agent=AGENT_1),
    Scene(1, answered=True, agent=AGENT_2, status=Ticket.Status.PENDING),
    Scene(FOLLOWS, agent=AGENT_1),
    Scene(1),
    Scene(1, answered=True, agent=ADMIN, status=Ticket.Status.ON_HOLD),
    Scene(FOLLOWS, answered=True, agent=AGENT_2, status=Ticket.Status.PENDING),
    Scene(1, answered=True, agent=AGENT_1, status=Ticket.Status.PENDING),
    Scene(1, answered=True, agent=AGENT_2),
    Scene(1),
    Scene(1, answered=True, agent=AGENT_2, snoozed=True),
    Scene(FOLLOWS, answered=True, agent=AGENT_1),
]


def tell_present(rng: Random, team: Team, cast: Cast, now: datetime) -> list[Story]:
    """One story for each scene, the last word of each from three minutes to thirty hours ago."""
    talks = {language: fitting_talks(rng, language, now) for language in set(LANGUAGES)}
    stories = []
    for number, scene in enumerate(SCENES):
        language = LANGUAGES[number % len(LANGUAGES)]
        age = timedelta(minutes=3 + 0.9 * number**2 + 5 * number)
        channel = CHANNELS[number % len(CHANNELS)]
        talk = next_talk(talks[language], scene)
        person = cast.somebody(channel, now - age, language)
        teller = Teller(rng, team, talk, person, team.inboxes[channel])
        stories.append(tell_scene(teller, scene, now - age, now))
    return stories


def fitting_talks(rng: Random, language: str, now: datetime) -> list[Talk]:
    talks = [talk for talk in read_talks(language) if now.month in talk.months]
    return rng.sample(talks, len(talks))


def next_talk(talks: list[Talk], scene: Scene) -> Talk:
    """The next talk that goes far enough, moved to the end of the line."""
    needed = 2 * scene.asks - (not scene.answered)
    talk = next(talk for talk in talks if sum(turn.who != "N" for turn in talk.turns) > needed)
    talks.remove(talk)
    talks.append(talk)
    return talk


def tell_scene(teller: Teller, scene: Scene, last: datetime, now: datetime) -> Story:
    if scene.agent:
        teller.agent = teller.team.users[scene.agent]
    turns = turns_of(teller.talk, scene)
    moments = recent_moments(teller.rng, last, turns, teller.inbox.kind)
    story = teller.begin(turns[0], moments[0])
    if len(turns) == 1 and scene.agent:
        teller.take_on(story, last + timedelta(seconds=50))
    for turn, at in zip(turns[1:], moments[1:], strict=True):
        teller.take_turn(story, turn, at)
    if scene.status:
        story.set_status(last + timedelta(seconds=20), scene.status, by=teller.agent)
    if scene.snoozed:
        tomorrow = (now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        story.snooze(last + timedelta(seconds=25), tomorrow, by=teller.agent)
    return story


def turns_of(talk: Talk, scene: Scene) -> list:
    """The turns up to the customer's `asks`th, and the team's answer to it where there is one."""
    turns, asked = [], 0
    for turn in talk.turns:
        if turn.who == CUSTOMER:
            asked += 1
        if asked > scene.asks or (asked == scene.asks and turn.who != CUSTOMER and not scene.answered):
            break
        turns.append(turn)
        if asked == scene.asks and turn.who == AGENT:
            break
    return turns
