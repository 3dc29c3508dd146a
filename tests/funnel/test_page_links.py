"""Every number of the page leads to its rows, and they are as many as it says."""

import csv
import io
import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.test import Client

from tests.funnel.histories import IN_JANUARY
from tests.funnel.test_page import show

pytestmark = pytest.mark.django_db


def rows_behind(client: Client, url: str) -> list[dict[str, str]]:
    """The file of the list that a link opens."""
    assert client.get(url).status_code == 200, url
    file = b"".join(client.get(url.replace("/?", ".csv?")).streaming_content)
    return list(csv.DictReader(io.StringIO(file.decode())))


def picture(page: str, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.search(rf'<svg class="{name}".*?</svg>', page, re.S)[0])


def number_in(words: str) -> int:
    return int(re.search(r": (\d+)", words)[1])


def test_every_band_and_node_leads_to_as_many_sessions_as_it_is_thick(leader, january):
    links = picture(show(leader, **IN_JANUARY), "flow").findall(".//a")
    bands = [link for link in links if "source=" in link.get("href")]
    nodes = [link for link in links if "node=" in link.get("href")]
    assert (len(bands), len(nodes)) == (11, 10)
    for band in bands:
        assert len(rows_behind(leader, band.get("href"))) == number_in(band.get("aria-label")), band.attrib
    for node in nodes:
        assert len(rows_behind(leader, node.get("href"))) == int("".join(node.itertext()).split()[0])


def test_the_tables_have_the_links_of_their_pictures(leader, january):
    page = show(leader, **IN_JANUARY)
    drawn = {link.get("href") for link in picture(page, "flow").findall(".//a")}
    table = re.search(r'id="flow-table">.*?</details>', page, re.S)[0]
    listed = {unescape(url) for url in re.findall(r'href="([^"]+)"', table)}
    assert listed == {url for url in drawn if "source=" in url}
    hours = {link.get("href") for link in picture(page, "heat").findall(".//a")}
    table = re.search(r'id="week-table">.*?</details>', page, re.S)[0]
    assert {unescape(url) for url in re.findall(r'href="([^"]+)"', table)} == hours


def test_every_hour_leads_to_its_conversations(leader, january):
    links = picture(show(leader, **IN_JANUARY), "heat").findall(".//a")
    for link in links:
        assert len(rows_behind(leader, link.get("href"))) == number_in(link.get("aria-label"))
    assert sum(number_in(link.get("aria-label")) for link in links) == 7


ROWS_BEHIND = {
    "sessions": 11,
    "self_service_share": 9,
    "new": 7,
    "all_new": 8,
    "replied": 6,
    "closed": 6,
    "resolved_by_articles": 2,
    "resolved_after_self_service": 3,
    "median_first_response": 6,
    "ninetieth_first_response": 6,
    "csat": 5,
    "csat_response_rate": 6,
    "first_contact_resolution": 6,
    "waiting": 1,
}


def test_a_figure_leads_to_what_it_counts_or_divides_by(leader, january):
    page = show(leader, **IN_JANUARY)
    urls = {key: url_of_figure(page, key) for key in ROWS_BEHIND}
    assert {key: len(rows_behind(leader, url)) for key, url in urls.items()} == ROWS_BEHIND


def url_of_figure(page: str, key: str) -> str:
    here = rf'data-figure="{key}".*?<a id="[^"]+" href="([^"]+)"|data-figure-part="{key}".*?href="([^"]+)"'
    if key == "waiting":
        here = r'class="tile-note"><a href="([^"]+)"'
    return unescape(next(filter(None, re.search(here, page, re.S).groups())))


def test_every_link_of_the_page_opens(leader, january):
    page = show(leader, **IN_JANUARY)
    links = {unescape(url) for url in re.findall(r'href="(/funnel/[^"#]*)', page)}
    assert len(links) > 60
    for url in links:
        assert leader.get(url).status_code == 200, url


def test_a_month_leads_only_to_its_own_sessions(leader, january):
    page = show(leader, period="year")
    table = re.search(r'id="months-table">.*?</details>', page, re.S)[0]
    row = re.search(r"<tr><th[^>]*>January 2026.*?</tr>", table)[0]
    cells = [(int(count), unescape(url)) for url, count in re.findall(r'<a href="([^"]+)">(\d+)<', row)]
    assert [count for count, _ in cells] == [11, 3, 2, 1, 6, 3, 3]
    for count, url in cells:
        assert len(rows_behind(leader, url)) == count
