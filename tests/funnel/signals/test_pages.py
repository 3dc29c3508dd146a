"""The list of signals, and the screens it leads to."""

import pytest
from django.test import Client
from django.urls import reverse

from funnel.invest.finding import find_signals
from funnel.invest.listing import line_of, signals_page
from funnel.models import Signal
from funnel.sessions import nodes
from helpdesk import clock
from tests import factories
from tests.funnel.signals.asking import ask
from tests.funnel.signals.rows import NOW, add_sessions, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(client) -> Client:
    client.force_login(factories.make_admin("Lea"))
    return client


def test_a_signal_is_told_with_its_rule_its_mending_and_what_is_behind_it(slower, leader):
    with clock.frozen_at(NOW):
        page = leader.get(reverse("funnel:signals")).content.decode()
    assert (
        "Half of its 25 first answers in March 2026 took more than 2 h; in the three months before, 11 min 35 s."
        in page
    )
    assert "95% intervals of the two medians" in page
    assert reverse("routing:department", args=[int(slower.subject)]) in page
    behind = f"{reverse('funnel:conversations')}?period=custom&amp;since=2026-03-01&amp;until=2026-03-31&amp;figure=replied"
    assert behind in page


def test_a_topic_leads_to_a_new_article_that_has_its_title_already(edition, leader):
    ask(edition, 6, "Can I rent a tent for the summer?")
    ask(edition, 60, "Hello.")
    topic = next(signal for signal in find_signals(NOW) if signal.kind == "topic_without_article")
    line = line_of(topic, factories.make_agent())
    assert line.behind.endswith(f"&signal={topic.pk}")
    factories.make_section()
    assert 'value="Rent a tent"' in leader.get(line.mending.url).content.decode()


def test_an_agent_is_not_sent_to_a_screen_that_only_admins_may_open(slower):
    line = line_of(slower, factories.make_agent())
    assert line.mending is None
    assert line_of(slower, factories.make_admin()).mending is not None


def test_a_signal_is_taken_on_by_one_press_and_given_back_by_another(slower, leader):
    url = reverse("funnel:decide", args=[slower.pk])
    answer = leader.post(url, {"state": "taken"}, headers={"HX-Request": "true"})
    assert "Taken on by" in answer.content.decode() and "Lea" in answer.content.decode()
    assert Signal.objects.get(pk=slower.pk).state == "taken"
    answer = leader.post(url, {"state": "new"})
    assert answer.status_code == 302
    assert Signal.objects.get(pk=slower.pk).state == "new"
    assert leader.post(url, {"state": "gone"}).status_code == 400


def test_dismissed_ones_are_folded_and_listed_apart(slower, leader):
    leader.post(reverse("funnel:decide", args=[slower.pk]), {"state": "dismissed"})
    shown = signals_page(factories.make_admin("Ada"))
    assert [line.signal.pk for line in shown["dismissed"]] == [slower.pk]
    assert shown["standing"] == []


def test_a_desk_without_a_full_month_is_told_when_the_first_look_will_be(edition, leader):
    add_sessions(edition, nodes.RESOLVED_OUTRIGHT, 3, at(4, 5))
    with clock.frozen_at(NOW):
        page = leader.get(reverse("funnel:signals")).content.decode()
    assert "the first look will be on 1 May 2026" in page


def test_a_month_without_signals_says_so(edition, leader):
    add_sessions(edition, nodes.RESOLVED_OUTRIGHT, 3, at(3, 5))
    with clock.frozen_at(NOW):
        page = leader.get(reverse("funnel:signals")).content.decode()
    assert "Nothing stands out in March 2026" in page
