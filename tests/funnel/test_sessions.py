"""The rules of a session, one sentence each."""

from datetime import datetime, timedelta

import pytest

from funnel.sessions.facts import AGENT, BOT, CUSTOMER, Fact, History
from funnel.sessions.walk import build_history
from helpdesk.events import names

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+01:00")
MUCH_LATER = MONDAY + timedelta(days=60)


def fact(name: str, *, after: timedelta | float = 0, person: str = "ann", **more) -> Fact:
    """A fact `after` Monday at nine: a timedelta, or hours."""
    after = after if isinstance(after, timedelta) else timedelta(hours=after)
    if name == names.ARTICLE_VIEWED:
        more.setdefault("article", "A")
    elif name not in (names.ARTICLE_SEARCHED, names.PROACTIVE_OPENED):
        more.setdefault("ticket", "t1")
        more.setdefault("actor_kind", CUSTOMER)
    return Fact(at=MONDAY + after, name=name, person=person, **more)


def viewed(after: timedelta | float = 0, **more) -> Fact:
    return fact(names.ARTICLE_VIEWED, after=after, **more)


def wrote(after: float = 0, ticket: str = "t1") -> list[Fact]:
    return [
        fact(names.TICKET_CREATED, after=after, ticket=ticket),
        fact(names.TICKET_QUEUED, after=after, ticket=ticket),
        fact(names.MESSAGE_RECEIVED, after=after, ticket=ticket),
    ]


def replied(after: float, by: str = "g1", **more) -> Fact:
    return fact(names.MESSAGE_REPLIED, after=after, actor_kind=AGENT, actor=by, **more)


def closed(after: float, by: str = AGENT) -> Fact:
    return fact(names.TICKET_CLOSED, after=after, actor_kind=by, actor="g1")


def bot_solves(after: float = 0) -> list[Fact]:
    return [
        fact(names.TICKET_CREATED, after=after),
        fact(names.BOT_ASKED, after=after),
        fact(names.BOT_ANSWERED, after=after, actor_kind=BOT),
        fact(names.BOT_CLOSED, after=after + 4, actor_kind=BOT),
    ]


def history(*facts: Fact | list[Fact], now: datetime = MUCH_LATER) -> History:
    flat = [one for given in facts for one in (given if isinstance(given, list) else [given])]
    return build_history(sorted(flat, key=lambda fact: fact.at), now=now)


def paths(*facts: Fact | list[Fact], now: datetime = MUCH_LATER) -> list[tuple[str, ...]]:
    return [session.path for session in history(*facts, now=now).sessions]


OUTRIGHT = ("on_their_own", "team_direct", "resolved_outright")
BY_ARTICLES = ("on_their_own", "articles", "resolved_by_articles")


def test_a_second_less_than_a_day_is_one_session_and_exactly_a_day_is_two():
    assert len(paths(viewed(), viewed(timedelta(hours=23, minutes=59, seconds=59)))) == 1
    assert len(paths(viewed(), viewed(24))) == 2


def test_the_window_is_twenty_four_hours_also_in_the_night_the_clock_changes():
    before = datetime.fromisoformat("2026-03-28T12:00:00+01:00") - MONDAY
    same_time_next_day = datetime.fromisoformat("2026-03-29T12:00:00+02:00") - MONDAY
    assert len(paths(viewed(before), viewed(same_time_next_day))) == 1, "only 23 hours have passed"


def test_somebody_who_reads_every_day_begins_another_session_after_a_week():
    assert len(paths(*(viewed(21 * turn) for turn in range(8)))) == 1
    assert len(paths(*(viewed(21 * turn) for turn in range(9)))) == 2


def test_a_message_belongs_to_its_conversations_session_however_late():
    late = fact(names.MESSAGE_RECEIVED, after=24 * 20)
    assert paths(wrote(), replied(1), late, closed(24 * 21)) == [OUTRIGHT]


def test_a_reopening_belongs_to_the_session_it_began_in():
    again = [fact(names.MESSAGE_RECEIVED, after=24 * 9), fact(names.TICKET_REOPENED, after=24 * 9)]
    assert paths(wrote(), replied(1), closed(2), again, closed(24 * 10)) == [OUTRIGHT]


def test_a_session_does_not_end_while_its_conversation_is_open():
    assert paths(wrote(), wrote(24 * 5, "t2"), replied(24 * 5 + 1), closed(24 * 6)) == [
        ("on_their_own", "team_direct", "still_open")
    ]


def test_a_session_younger_than_the_window_is_still_open():
    assert paths(viewed(), now=MONDAY + timedelta(hours=23)) == [("on_their_own", "articles", "still_open")]
    assert paths(viewed(), now=MONDAY + timedelta(hours=24)) == [BY_ARTICLES]


def test_a_view_beside_an_open_conversation_is_assisted_and_not_counted():
    told = history(wrote(), viewed(1), replied(2), closed(3))
    assert [session.views for session in told.sessions] == [0]
    assert told.sessions[0].path == OUTRIGHT


def test_the_same_article_twice_in_half_an_hour_is_one_view():
    nearly, exactly = timedelta(minutes=29, seconds=59), timedelta(minutes=30)
    assert history(viewed(), viewed(nearly)).sessions[0].views == 1
    assert history(viewed(), viewed(exactly)).sessions[0].views == 2
    assert history(viewed(), viewed(nearly, article="B")).sessions[0].views == 2


def test_searching_and_leaving_is_a_session_that_nothing_solved():
    assert paths(fact(names.ARTICLE_SEARCHED)) == [("on_their_own", "not_resolved")]


@pytest.mark.parametrize(("hours", "source"), [(24, "after_proactive"), (24.01, "on_their_own")])
def test_a_session_is_after_our_message_up_to_a_day_after_opening_it(hours, source):
    assert paths(fact(names.PROACTIVE_OPENED), viewed(hours))[0][0] == source


def test_the_bots_close_counts_once_nobody_came_back_for_a_day():
    assert paths(bot_solves()) == [("on_their_own", "bot", "resolved_by_bot")]
    early = MONDAY + timedelta(hours=27)
    assert paths(bot_solves(), now=early) == [("on_their_own", "bot", "still_open")], "closed 23 hours ago"


def test_writing_anywhere_within_a_day_revokes_the_bots_close():
    again = wrote(20, "t2")
    done = [replied(21, ticket="t2"), fact(names.TICKET_CLOSED, after=22, ticket="t2", actor_kind=AGENT)]
    assert paths(bot_solves(), again, done) == [
        ("on_their_own", "bot", "team_after_self_service", "resolved_after_self_service")
    ]


@pytest.mark.parametrize(("hours", "end"), [(27.99, "not_resolved"), (28, "resolved_by_bot")])
def test_the_day_that_revokes_a_bots_close_begins_with_the_close(hours, end):
    """The bot closed four hours after the last word, so what comes now is another session already."""
    first, second = paths(bot_solves(), wrote(hours, "t2"))
    assert (first[-1], second[-1]) == (end, "still_open")


def test_silence_after_asking_for_a_person_is_no_bot_resolution():
    handed = fact(names.BOT_HANDED_OVER, after=1)
    assert paths(bot_solves(), handed) == [("on_their_own", "bot", "team_after_self_service", "not_resolved")]


def test_a_bot_that_had_no_answer_leaves_the_team_to_solve_it_outright():
    asked = [fact(names.TICKET_CREATED), fact(names.BOT_ASKED), fact(names.BOT_HANDED_OVER)]
    assert paths(asked, replied(1), closed(2)) == [OUTRIGHT]


def test_a_close_without_any_answer_solves_nothing():
    assert paths(wrote(), closed(1)) == [("on_their_own", "team_direct", "not_resolved")]


def test_an_answer_by_a_trigger_is_no_human_reply():
    automatic = fact(names.MESSAGE_REPLIED, after=1, actor_kind="trigger")
    told = history(wrote(), automatic, closed(2))
    assert told.conversations[0].replied_at is None
    assert told.sessions[0].outcome == "not_resolved"


def test_a_conversation_the_team_began_is_no_session_until_the_customer_writes():
    began = [fact(names.TICKET_CREATED, started_by=AGENT, actor_kind=AGENT), replied(0)]
    assert paths(began) == []
    answered = [fact(names.MESSAGE_RECEIVED, after=1), fact(names.TICKET_QUEUED, after=1)]
    told = history(began, answered, replied(2), closed(3))
    assert [session.path for session in told.sessions] == [OUTRIGHT]
    assert told.conversations[0].first_response is None


def test_spam_takes_the_conversation_out_and_taking_it_back_brings_it_in_again():
    spam = fact(names.TICKET_MARKED_SPAM, after=5)
    assert paths(viewed(-1), wrote(), replied(1), closed(2), spam) == [BY_ARTICLES]
    back = fact(names.TICKET_UNMARKED_SPAM, after=6)
    assert len(history(wrote(), replied(1), closed(2), spam, back).conversations) == 1


def test_the_last_rating_is_the_one_that_counts():
    ratings = [fact(names.SURVEY_RATED, after=hours, value=value) for hours, value in ((3, 1), (4, 5))]
    assert history(wrote(), replied(1), closed(2), ratings).conversations[0].rating == 5


def test_a_reopening_revokes_the_close():
    again = fact(names.TICKET_REOPENED, after=3)
    assert history(wrote(), replied(1), closed(2), again).conversations[0].closed_at is None


def test_facts_of_a_later_time_are_not_known_yet():
    told = history(wrote(), replied(1), closed(2), now=MONDAY + timedelta(hours=1.5))
    assert told.conversations[0].is_open


def test_stored_durations_are_taken_and_missing_ones_reckoned():
    [with_value] = history(wrote(), replied(1, value=77, business_value=7)).conversations
    [without] = history(wrote(), replied(1)).conversations
    assert (with_value.first_response, with_value.first_response_business) == (77, 7)
    assert (without.first_response, without.first_response_business) == (3600, None)


def test_what_is_in_the_trash_waits_no_more_and_holds_no_session_open():
    thrown = fact(names.TICKET_TRASHED, after=2, actor_kind=AGENT)
    later = viewed(24 * 30)
    assert len(paths(wrote(), later)) == 1, "an open conversation keeps its session from ending"
    assert paths(wrote(), thrown, later) == [("on_their_own", "team_direct", "not_resolved"), BY_ARTICLES]
    [conversation] = history(wrote(), thrown).conversations
    assert (conversation.is_open, conversation.is_waiting, conversation.closed_at) == (False, False, None)
    back = fact(names.TICKET_RESTORED, after=3, actor_kind=AGENT)
    assert history(wrote(), thrown, back).conversations == history(wrote()).conversations
