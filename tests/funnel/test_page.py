"""The funnel page: for the team, with the same numbers in every form."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from funnel.tallies.editions import start_edition
from helpdesk import clock
from tests import factories
from tests.funnel.histories import END, IN_JANUARY

pytestmark = pytest.mark.django_db


def show(client: Client, **asked: str | list[str]) -> str:
    response = client.get(reverse("funnel:page"), asked)
    assert response.status_code == 200
    return response.content.decode()


def figure(page: str, key: str) -> str:
    return strip_tags(re.search(rf'data-figure="{key}".*?class="tile-figure">(.*?)</p>', page, re.S)[1])


def part(page: str, key: str) -> str:
    """A second figure, as it stands under a tile's own."""
    return strip_tags(re.search(rf'data-figure-part="{key}".*?<dd>(.*?)</dd>', page, re.S)[1])


def test_only_the_team_sees_the_funnel(client):
    for name in ("page", "svg", "csv", "json"):
        response = client.get(reverse(f"funnel:{name}"))
        assert response.status_code == 302
        assert response.url.startswith("/login/")


def test_the_page_tells_january_in_words_and_figures(leader, january):
    page = show(leader, **IN_JANUARY)
    assert "Self-service solved 33.3% of 9 problems." in page
    assert figure(page, "sessions") == "11"
    assert figure(page, "article_resolution_rate") == "50.0%"
    assert figure(page, "median_first_response") == "13 min 30 s"
    assert figure(page, "csat") == "60.0%"
    assert part(page, "article_resolution_per_viewer") == "66.7%"
    assert part(page, "median_first_response_business") == "11 min"
    assert part(page, "resolved_after_self_service") == "3 was 0"
    assert "95% interval 23.1% to 88.2%" in page
    assert "On their own to Help articles: 4 (36.4%)" in page


def test_an_empty_desk_is_shown_its_next_step(leader):
    page = show(leader)
    assert "Nobody has sought help here yet" in page
    assert 'href="/settings/"' in page


def test_an_empty_period_offers_a_wider_one(leader, january):
    page = show(leader, period="custom", since="2025-03-01", until="2025-03-31")
    assert "Nobody sought help in this period" in page
    assert figure(page, "csat") == "–"


def test_the_default_is_twelve_months_with_the_current_one_so_far(leader, january):
    page = show(leader)
    assert "1 March 2025 to 28 February 2026" in page
    months = re.findall(r'data-month="([0-9-]+)"', page)
    assert (len(months), months[0], months[-1]) == (12, "2025-03", "2026-02")
    assert "Feb so far" in page


def test_every_form_carries_identical_numbers(leader, january):
    given = leader.get(reverse("funnel:json"), IN_JANUARY).json()
    rows = list(csv.DictReader(io.StringIO(leader.get(reverse("funnel:csv"), IN_JANUARY).content.decode())))
    figures = {row["name"]: row["value"] for row in rows if row["part"] == "figure"}
    links = [[row["name"], row["target"], int(row["value"])] for row in rows if row["part"] == "link"]
    assert links == given["links"]
    for key, value in given.items():
        if key in figures:
            assert figures[key] == ("" if value is None else str(value))
    assert {"sessions", "csat", "median_first_response"} <= figures.keys() & given.keys()
    picture = leader.get(reverse("funnel:svg"), IN_JANUARY).content.decode()
    drawn = [int(count) for count in re.findall(r"<title>[^<]+: (\d+) \(", picture)]
    assert sorted(drawn) == sorted(value for *_, value in given["links"])


def test_a_filter_of_one_channel_holds_in_page_and_file(leader, january):
    asked = IN_JANUARY | {"channel": "email"}
    assert figure(show(leader, **asked), "new") == "1"
    assert leader.get(reverse("funnel:json"), asked).json()["new"] == 1


def test_a_question_that_makes_no_sense_is_said_and_answered_by_default(leader, january):
    page = show(leader, period="custom", since="2026-02-01", until="2026-01-01")
    assert "The last day comes before the first." in page
    assert page.count("data-month=") == 12


def test_the_page_says_how_old_its_figures_are(leader, january):
    with clock.frozen_at(END + timedelta(seconds=42)):
        page = show(leader, **IN_JANUARY)
    assert "Updated 42 seconds ago" in page
    assert 'data-age="42"' in page


def test_a_page_takes_the_same_few_queries_however_much_it_shows(
    leader, january, django_assert_max_num_queries
):
    with django_assert_max_num_queries(32):
        show(leader, **IN_JANUARY)
    with django_assert_max_num_queries(32):
        show(leader, period="year", by="agent", channel=["email", "webchat"], compare="last_year")


def test_a_rebuild_is_announced_with_its_reason_and_how_far_it_is(leader, january):
    assert "being reckoned anew" not in show(leader, **IN_JANUARY)
    edition = start_edition(reason="session_hours", session_hours=20)
    edition.steps, edition.done = 8, 2
    edition.save()
    said = "being reckoned anew: the hours until a problem is a new one were changed. 25% done."
    assert said in show(leader, **IN_JANUARY)


def test_the_page_speaks_the_language_of_its_reader(client, january):
    client.force_login(factories.make_agent("Luca", language="it"))
    page = show(client, **IN_JANUARY)
    assert "33,3" in figure(page, "self_service_share")
    assert '<html lang="it"' in page


def test_the_page_needs_no_inline_style_or_script(leader, january):
    page = show(leader, **IN_JANUARY)
    assert not re.search(r"""<style|\sstyle=|<script>|\son[a-z]+=["']""", page)
