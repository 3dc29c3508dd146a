"""Every number leads to what it counts: as many rows behind it as it says, and none that the reader may not see."""

import csv

import pytest

from funnel.models import Edition
from funnel.report.answers import from_ledger
from funnel.report.asking import Question
from funnel.report.behind import (
    CONVERSATIONS,
    SESSIONS,
    Part,
    conversations_behind,
    sessions_at,
    sessions_behind,
    sessions_between,
)
from funnel.report.scope import EVERYTHING
from funnel.sessions import nodes
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_department
from tests.funnel.histories import END, JANUARY

pytestmark = pytest.mark.django_db
QUERY = "?period=custom&since=2026-01-01&until=2026-01-31"


@pytest.fixture
def part(january) -> Part:
    return Part(january, JANUARY, EVERYTHING, END)


@pytest.fixture
def figures(january):
    return from_ledger(Question(JANUARY, JANUARY.previous(), EVERYTHING, {}), now=END).figures


def test_as_many_sessions_as_the_figure_says(part, figures):
    counts = [key for key in SESSIONS if not key.endswith(("_rate", "_viewer", "_share"))]
    month = figures["months"][0]
    told = figures | {key: month[key] for key in ("self_service", "team")}
    told["article_views"] = 4  # readers: one of them made two of the five views
    assert {key: sessions_behind(part, key).count() for key in counts} == {key: told[key] for key in counts}


def test_as_many_conversations_as_the_figure_says(part, figures):
    counts = ("new", "all_new", "replied", "closed", "ratings", "chats")
    assert {key: conversations_behind(part, key).count() for key in counts} == {
        key: figures[key] for key in counts
    }


def test_a_rate_leads_to_what_it_divides_by(part):
    divided_by = {
        "csat": 5,
        "csat_response_rate": 6,
        "first_contact_resolution": 6,
        "waiting": 1,
        "spam": 1,
    }
    assert {key: conversations_behind(part, key).count() for key in divided_by} == divided_by


def test_every_band_and_node_leads_to_as_many_sessions_as_it_shows(part, figures):
    for source, target, value in figures["links"]:
        assert sessions_between(part, source, target).count() == value, (source, target)
    for node in nodes.COLUMN:
        through = [value for source, target, value in figures["links"] if node in (source, target)]
        if nodes.COLUMN[node] in (0, 4):
            assert sessions_at(part, node).count() == sum(through), node


def test_the_cells_of_the_heat_map_lead_to_their_hour(part, figures):
    assert {hour: count for hour, count in enumerate(figures["hours"]) if count} == {
        hour: found for hour in range(168) if (found := conversations_behind(part, "new", hour=hour).count())
    }


def test_an_agents_figures_lead_to_the_agents_own_conversations(part):
    replies = conversations_behind(part, "replied")
    agents = set(replies.values_list("first_replier", flat=True))
    assert len(agents) == 2
    assert sum(conversations_behind(part, "replied", agent=agent).count() for agent in agents) == 6


def test_every_list_opens(january, leader):
    for figure in SESSIONS:
        assert leader.get(f"/funnel/sessions/{QUERY}&figure={figure}").status_code == 200, figure
    for figure in (*CONVERSATIONS, "waiting", "spam"):
        assert leader.get(f"/funnel/conversations/{QUERY}&figure={figure}").status_code == 200, figure


def test_articles_are_listed_with_who_read_them_and_whom_they_helped(january, client):
    client.force_login(make_agent())
    rows = list(csv.DictReader(lines_of(client.get(f"/funnel/articles.csv{QUERY}"))))
    assert [(row["article"], row["readers"], row["solved"]) for row in rows] == [
        ("A", "3", "2"),
        ("B", "1", "1"),
    ]
    assert client.get(f"/funnel/articles/{QUERY}").status_code == 200


def test_what_an_agent_may_not_see_has_neither_name_nor_subject(january, client):
    secret = make_department(name="Legal", is_restricted=True)
    Ticket.objects.update(department=secret, subject="The merger", last_snippet="hush")
    client.force_login(make_agent())
    for path in ("conversations/", "sessions/", "conversations.csv", "sessions.csv"):
        figure = "closed" if path.startswith("conv") else "resolved_outright"
        text = "".join(lines_of(client.get(f"/funnel/{path}{QUERY}&figure={figure}")))
        assert "The merger" not in text
        assert "p3" not in text
        assert "@customer.example" not in text
    client.force_login(make_agent(role="admin"))
    assert "The merger" in "".join(lines_of(client.get(f"/funnel/conversations.csv{QUERY}&figure=closed")))


def test_a_subject_that_is_a_formula_stays_text_in_the_file(january, client):
    Ticket.objects.update(subject='=HYPERLINK("http://evil.example")')
    client.force_login(make_agent())
    rows = list(csv.DictReader(lines_of(client.get(f"/funnel/conversations.csv{QUERY}&figure=closed"))))
    assert {row["subject"] for row in rows} == {'\'=HYPERLINK("http://evil.example")'}


def test_an_unknown_figure_is_an_address_that_does_not_exist(january, client):
    client.force_login(make_agent())
    for path in (
        "sessions/?figure=csat",
        "conversations/?figure=sessions",
        "conversations/?figure=new&hour=900",
    ):
        assert client.get(f"/funnel/{path}").status_code == 404


def test_the_lists_need_a_login(client, db):
    for path in ("sessions/", "conversations/", "articles/", "sessions.csv"):
        assert client.get(f"/funnel/{path}").status_code == 302


def test_a_page_of_the_list_takes_few_questions_to_the_database(
    january, client, django_assert_max_num_queries
):
    client.force_login(make_agent())
    client.get(f"/funnel/conversations/{QUERY}&figure=closed")
    with django_assert_max_num_queries(12):
        client.get(f"/funnel/conversations/{QUERY}&figure=closed")


def lines_of(answer) -> list[str]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode().splitlines(keepends=True)


def test_there_is_one_edition(january):
    assert Edition.objects.get().state == Edition.State.CURRENT


def test_who_asks_for_lists_all_the_time_is_asked_to_wait(january, client, settings):
    settings.RATELIMIT_ENABLE = True
    client.force_login(make_agent())
    # More than twice as many as a minute allows: the clock may begin a new minute on the way.
    answers = [client.get(f"/funnel/articles.csv{QUERY}").status_code for _ in range(2 * 121)]
    assert answers[0] == 200
    assert 403 in answers
