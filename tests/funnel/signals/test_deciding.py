"""What becomes of signals: taken on, dismissed, followed, gone."""

import pytest
from django.core.cache import cache

from funnel.invest.deciding import dismiss_signal, return_signal, take_signal
from funnel.invest.finding import find_due_signals, find_signals
from funnel.invest.listing import line_of
from funnel.models import Edition, Signal
from helpdesk import clock
from tests import factories
from tests.funnel.signals.asking import ask
from tests.funnel.signals.rows import HOUR, NOW, add_conversations, at, solved

pytestmark = pytest.mark.django_db


def test_looking_twice_changes_nothing(slower):
    before = list(Signal.objects.order_by("pk").values())
    find_signals(NOW)
    assert list(Signal.objects.order_by("pk").values()) == before


def test_before_the_first_reckoning_there_is_nothing():
    assert find_signals(NOW) == []


def test_a_signal_that_nobody_decided_on_goes_when_its_rule_is_silent(edition, slower):
    add_conversations(edition, [300] * 25, at(4, 20), department=int(slower.subject))
    find_signals(at(5, 2))
    assert not Signal.objects.filter(pk=slower.pk).exists()


@pytest.mark.parametrize(("wait", "verdict"), [(600, "better"), (3 * HOUR, "worse"), (2 * HOUR, "")])
def test_one_taken_on_says_whether_its_figure_moved(edition, slower, wait, verdict):
    ada = factories.make_admin()
    with clock.frozen_at(NOW):
        take_signal(slower, by=ada)
        assert line_of(Signal.objects.get(), ada).moved.startswith("Too early to say")
    later = month_later(edition, wait)
    line = line_of(later, ada)
    assert (later.state, later.figure_when_decided, later.figure) == ("taken", 2 * HOUR, wait)
    assert line.verdict == verdict
    assert line.moved.startswith("first answer after 2 h then, first answer after")


def month_later(edition: Edition, wait: int) -> Signal:
    """What is known after April, in which Billing answered after `wait` seconds."""
    billing = Signal.objects.get(kind="department_slower").subject
    add_conversations(edition, [wait] * 25, at(4, 20), department=int(billing))
    find_signals(at(5, 2))
    return Signal.objects.get(kind="department_slower")


def test_one_dismissed_comes_back_only_when_it_is_half_as_bad_again(edition, slower):
    with clock.frozen_at(NOW):
        dismiss_signal(slower, by=factories.make_admin())
    assert month_later(edition, int(2.5 * HOUR)).state == "dismissed"


def test_one_dismissed_comes_back_when_it_is_half_as_bad_again(edition, slower):
    with clock.frozen_at(NOW):
        dismiss_signal(slower, by=factories.make_admin())
    back = month_later(edition, 3 * HOUR)
    assert (back.state, back.decided_by, back.figure_when_decided) == ("new", None, None)


def test_who_decided_first_is_kept_and_the_decision_can_be_taken_back(slower):
    ada, bob = factories.make_admin("Ada"), factories.make_agent("Bob")
    assert take_signal(slower, by=ada).decided_by == ada
    assert take_signal(slower, by=bob).decided_by == ada
    returned = return_signal(slower, by=bob)
    assert (returned.state, returned.decided_by, returned.decided_at) == ("new", None, None)


def test_a_topic_is_followed_after_its_article_was_written(edition):
    ask(edition, 6, "Can I rent a tent for the summer?")
    ask(edition, 60, "Hello.")
    topic = next(signal for signal in find_signals(NOW) if signal.kind == "topic_without_article")
    ada = factories.make_admin()
    with clock.frozen_at(NOW):
        take_signal(topic, by=ada)
    factories.make_article("Rent a tent", "Tents can be rented for a week.")
    ask(edition, 2, "How do I rent a tent?", month=4)
    assert topic.pk not in {signal.pk for signal in find_signals(at(5, 2))}
    followed = Signal.objects.get(pk=topic.pk)
    assert (followed.figure, followed.is_standing) == (2, False)
    assert line_of(followed, ada).title == "Rent a tent"
    assert line_of(followed, ada).moved == "6 questions a month then, 2 questions a month now: better"


def test_the_job_looks_once_an_hour_and_at_once_when_a_month_is_over(edition):
    cache.clear()
    find_due_signals(NOW)
    solved(edition, 2, articles=60, outright=40)
    solved(edition, 3, articles=30, outright=70)
    find_due_signals(NOW)
    assert not Signal.objects.exists()
    find_due_signals(at(5, 2))
    solved(edition, 4, articles=60, outright=40)
    solved(edition, 5, articles=30, outright=70)
    find_due_signals(at(6, 2))
    assert [signal.subject for signal in Signal.objects.all()] == ["articles"]
