"""Topics that customers ask about and no article answers."""

from datetime import timedelta

import pytest

from funnel.invest.phrases import read_texts, terms_of
from funnel.invest.rules.topics import find_topics_without_article
from funnel.sessions import nodes
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from tests import factories
from tests.funnel.signals.asking import ask, search
from tests.funnel.signals.looking import NOBODY_DECIDED, firing
from tests.funnel.signals.rows import HOUR, add_sessions, at

pytestmark = pytest.mark.django_db


def test_words_are_brought_to_their_stems_and_pairs_of_them_are_one_in_any_order():
    (said,) = read_texts(["I would like to rent a tent. Tents, please!"], "en")
    tent, pair, nothing = terms_of(["tent renting", "rent a tent", "where is the"], "en")
    assert said.holds(tent)
    assert said.pairs[pair] == "rent a tent"
    assert nothing == ()
    (chinese,) = read_texts(["请问可以用支付宝付款吗"], "zh-hans")
    assert chinese.holds(*terms_of(["支付宝"], "zh-hans"))


def test_a_topic_without_an_article_is_found_in_words_tags_and_searches(edition, desk):
    add_sessions(edition, nodes.RESOLVED_BY_ARTICLES, 8, at(2, 10), 1)
    add_sessions(edition, nodes.RESOLVED_AFTER, 2, at(2, 10), 1)
    tickets = ask(edition, 6, "Can I rent a tent for the summer?", tags=("spare-parts",))
    search(7, "tent rent")
    ask(edition, 2, "How do I rent a tent?", month=2)
    ask(edition, 60, "Hello.")
    found = firing(find_topics_without_article(desk, NOBODY_DECIDED))
    topic = found["en:rent tent"]
    assert topic.figures["topic"] in ("Rent a tent", "Tent rent")
    assert (topic.figures["questions"], topic.figures["conversations"], topic.figures["searches"]) == (
        13,
        6,
        7,
    )
    assert topic.figures["before"] == 2
    assert topic.figures["median"] == 4 * HOUR
    assert sorted(topic.figures["tickets"]) == tickets
    assert topic.team_hours == pytest.approx(13 * 0.8 * 6 / 60)  # questions x helped readers x minutes
    assert topic.waiting_hours == pytest.approx(6 * 0.8 * 4)


def test_a_topic_with_an_article_is_not_found(edition, desk):
    factories.make_article("Rent a tent", "Tents can be rented for a week.")
    ask(edition, 6, "Can I rent a tent for the summer?")
    ask(edition, 60, "Hello.")
    assert not firing(find_topics_without_article(desk, NOBODY_DECIDED))


def test_what_few_ask_is_no_topic_and_a_search_that_led_to_an_article_is_no_question(edition, desk):
    ask(edition, 4, "Can I rent a tent for the summer?")
    search(9, "student discount", results=3)
    for number in range(9):
        record(
            names.ARTICLE_VIEWED,
            by=SYSTEM,
            visitor=f"00000000-0000-4000-9000-{3000 + number:012d}",
            data={"article": 1, "language": "en"},
            occurred_at=at(3, 6) + timedelta(minutes=2),
        )
    assert not list(find_topics_without_article(desk, NOBODY_DECIDED))


def test_turns_of_speech_are_no_topic(edition, desk):
    ask(edition, 12, "Kind regards and many thanks in advance.")
    assert not list(find_topics_without_article(desk, NOBODY_DECIDED))


def test_the_words_of_a_restricted_department_are_not_read(edition, desk):
    board = factories.make_department("Board", is_restricted=True).pk
    ask(edition, 6, "Can I rent a tent for the summer?", department=board)
    ask(edition, 60, "Hello.")
    assert not list(find_topics_without_article(desk, NOBODY_DECIDED))
