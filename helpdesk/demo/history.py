"""Twelve months of conversations that end now, told and stored in one go."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from django.db.models import Model
from django.utils import translation

from helpdesk import clock
from helpdesk.demo.calendar import ROME, arrivals
from helpdesk.demo.cast import Cast
from helpdesk.demo.copying import copy_rows, take_ids
from helpdesk.demo.present import SCENES, tell_present
from helpdesk.demo.story import Fact, Story
from helpdesk.demo.talks import Talk, read_talks
from helpdesk.demo.team import Team
from helpdesk.demo.telling import Teller, tell_spam
from helpdesk.events.models import Event
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.surveys import survey_text

TICKETS = 3000
MONTHS_BACK = timedelta(days=365)
SPAM = 0.03
SEED = 2026  # the same history every time, but for the date it ends on


def fill_history(count: int = TICKETS) -> None:
    """Tell about `count` finished conversations and those that are open now; store all of them."""
    rng, now = Random(SEED), clock.now()
    team, cast = Team(rng), Cast.of(rng, 2 * count + len(SCENES))
    stories = tell_past(rng, team, cast, now, count) + tell_present(rng, team, cast, now)
    note_last_seen(stories)
    cast.store()
    store_stories(stories)


def tell_past(rng: Random, team: Team, cast: Cast, now: datetime, count: int) -> list[Story]:
    """Stories that are over by now."""
    stories = []
    for start in arrivals(rng, now - MONTHS_BACK, now - timedelta(hours=2), count=count):
        if rng.random() < SPAM:
            story = tell_spam(rng, team, cast.spammer(start), start)
        else:
            inbox = team.inbox()
            person = cast.somebody(inbox.kind, start)
            talk = choose_talk(rng, person.customer.language, start)
            story = Teller(rng, team, talk, person, inbox).tell(start)
        if ended_at(story) < now:
            stories.append(story)
    return stories


def choose_talk(rng: Random, language: str, at: datetime) -> Talk:
    talks = [talk for talk in read_talks(language) if at.astimezone(ROME).month in talk.months]
    return rng.choices(talks, [talk.weight for talk in talks])[0]


def ended_at(story: Story) -> datetime:
    return max(fact.event.told_at for fact in story.facts)


def note_last_seen(stories: Iterable[Story]) -> None:
    for story in stories:
        wrote_at = max(message.created_at for message in story.messages if message.author_kind == "customer")
        story.contact.last_seen_at = max(story.contact.last_seen_at, wrote_at)


def store_stories(stories: list[Story]) -> None:
    """Number everything in the order it happened, let the facts name the rows, and copy all of it in."""
    tickets = numbered(Ticket, sorted((story.ticket for story in stories), key=lambda t: t.created_at))
    messages = numbered(
        Message, sorted((m for story in stories for m in story.messages), key=lambda m: m.created_at)
    )
    surveys = numbered(
        Survey, sorted((s for story in stories for s in story.surveys), key=lambda s: s.sent_at)
    )
    facts = sorted((f for story in stories for f in story.facts), key=lambda f: f.event.occurred_at)
    numbered(Event, [fact.event for fact in facts])
    for survey in surveys:
        write_survey(survey)
    copy_rows(Ticket, rejoined(tickets))
    copy_rows(Message, rejoined(messages))
    copy_rows(Event, rejoined(map(named, facts)))
    copy_rows(Survey, rejoined(surveys))


def numbered(model: type[Model], rows: list) -> list:
    for row, number in zip(rows, take_ids(model, len(rows)), strict=True):
        row.pk = number
    return rows


def write_survey(survey: Survey) -> None:
    """The text of the question, with its signed links."""
    with translation.override(survey.ticket.language):
        survey.message.text = survey_text(survey)


def named(fact: Fact) -> Event:
    fact.event.data |= {key: row.pk for key, row in fact.rows.items()}
    return fact.event


def rejoined(rows: Iterable[Model]) -> list[Model]:
    """Rows whose foreign keys are set to the ids that the rows they point at have got since."""
    rows = list(rows)
    fields = [field for field in rows[0]._meta.concrete_fields if field.is_relation] if rows else []
    for row in rows:
        for field in fields:
            if field.is_cached(row) and (other := field.get_cached_value(row)):
                setattr(row, field.attname, other.pk)
    return rows
