"""The filters of the page: what is chosen is said, and can be taken away again."""

import re
from datetime import UTC, date
from html import unescape

import pytest

from funnel.page.headline import say_headline
from funnel.report.period import Period, a_year_before
from tests import factories
from tests.funnel.histories import IN_JANUARY
from tests.funnel.test_figures import EXAMPLE
from tests.funnel.test_page import show

pytestmark = pytest.mark.django_db


def chips(page: str) -> dict[str, str]:
    """Where each chip leads, by its name for screen readers."""
    found = re.findall(r'<a class="chip" href="([^"]+)".*?aria-label="([^"]+)"', page)
    return {unescape(name): unescape(url) for url, name in found}


def closed_list(page: str, name: str) -> str:
    return re.search(rf'id="choose-{name}">.*?<bdi[^>]*>(.*?)</bdi>', page, re.S)[1]


def test_a_closed_list_says_what_is_chosen_in_it(leader, january):
    assert closed_list(show(leader, **IN_JANUARY), "channel") == "All channels"
    two = show(leader, **IN_JANUARY, channel=["email", "webchat"])
    assert closed_list(two, "channel") == "Email, Chat widget"
    three = show(leader, **IN_JANUARY, channel=["email", "webchat", "api"])
    assert closed_list(three, "channel") == "3 channels"
    assert three.count('name="channel"') == three.count('name="channel" value="') >= 4
    assert len(re.findall(r'name="channel" value="\w+" checked', three)) == 3


def test_each_filter_can_be_taken_away_alone_and_all_at_once(leader, january):
    page = show(leader, **IN_JANUARY, channel=["email", "webchat"], tag="vip", by="agent")
    found = chips(page)
    assert set(found) == {
        "Remove the filter Channel: Email",
        "Remove the filter Channel: Chat widget",
        "Remove the filter Tag: vip",
    }
    without = found["Remove the filter Channel: Email"]
    assert "channel=webchat" in without
    assert "channel=email" not in without
    assert "tag=vip" in without
    assert "by=agent" in without, "the table below stays as it was chosen"
    clear = unescape(re.search(r'<a class="small" href="([^"]+)"[^>]*>Clear filters', page)[1])
    assert clear == "/funnel/?period=custom&since=2026-01-01&until=2026-01-31&by=agent"


def test_the_headline_says_of_which_part_it_speaks(leader, january):
    department = factories.make_department("Billing")
    page = show(leader, **IN_JANUARY, channel="email", department=str(department.pk))
    assert "Nothing has been solved" in page
    page = show(leader, **IN_JANUARY, channel=["email", "webchat"])
    assert re.search(r"Self-service solved [\d.]+% of \d+ problems \(Email, Chat widget\)\.", page)


def test_a_choice_made_without_a_page_load_gives_the_page_its_short_address(leader, january):
    asked = IN_JANUARY | {"tag": "", "compare": "previous", "channel": "email", "by": "agent", "sort": ""}
    response = leader.get("/funnel/", asked, headers={"HX-Request": "true", "HX-Trigger": "funnel-filters"})
    assert response["HX-Push-Url"] == (
        "/funnel/?period=custom&channel=email&since=2026-01-01&until=2026-01-31&by=agent"
    )
    assert "HX-Push-Url" not in leader.get("/funnel/", asked, headers={"HX-Request": "true"})


FIGURES = dict.fromkeys(("not_resolved", "still_open"), 0) | {
    end: sum(count for (_, target), count in EXAMPLE.items() if target == end)
    for end in (
        "resolved_by_articles",
        "resolved_by_bot",
        "resolved_outright",
        "resolved_after_self_service",
    )
}


@pytest.mark.parametrize(
    ("since", "until", "is_a_year_before", "words"),
    [
        (date(2026, 6, 1), date(2026, 6, 30), False, "3.5 points more than in May 2026"),
        (date(2026, 6, 1), date(2026, 6, 30), True, "3.5 points more than in June 2025"),
        (date(2026, 4, 1), date(2026, 6, 30), False, "more than in the 3 months before"),
        (date(2026, 4, 1), date(2026, 6, 30), True, "more than in the same months a year before"),
        (date(2026, 6, 3), date(2026, 6, 12), False, "more than in the 10 days before"),
        (date(2026, 6, 3), date(2026, 6, 12), True, "more than in the same days a year before"),
    ],
)
def test_the_headline_names_what_it_compares_with(since, until, is_a_year_before, words):
    period = Period(since, until, UTC)
    compared = a_year_before(period) if is_a_year_before else period.previous()
    now, before = FIGURES | {"self_service_share": 0.435}, FIGURES | {"self_service_share": 0.4}
    assert words in say_headline(now, before, compared, period=period)
