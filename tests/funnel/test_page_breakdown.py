"""The human part by department, channel, teammate, tag and language: sorted on the server, each number a link."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from helpdesk.people.models import User
from tests.funnel.histories import IN_JANUARY
from tests.funnel.test_page import show
from tests.funnel.test_page_links import rows_behind

pytestmark = pytest.mark.django_db


def table(client: Client, **asked: str) -> str:
    return client.get(reverse("funnel:breakdown"), IN_JANUARY | asked).content.decode()


def rows(page: str) -> list[list[str]]:
    body = re.search(r"<tbody>(.*)</tbody>", page, re.S)[1]
    return [
        [strip_tags(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body)
    ]


def heads(page: str) -> list[str]:
    return [strip_tags(head) for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page, re.S)]


def test_by_channel_the_parts_have_the_figures_of_their_channel(leader, january):
    found = {row[0]: row[1:] for row in rows(table(leader, by="channel"))}
    assert found["Email"][:5] == ["1", "1", "1", "2 d 15 h", "2 d 15 h"]
    assert sum(int(row[0]) for row in found.values()) == 7


def test_teammates_are_called_by_name_and_have_only_what_is_theirs(leader, january):
    page = table(leader, by="agent")
    assert heads(page) == [
        "Teammate", "Answered", "Closed", "First response", "Time to close", "Satisfied", "At first contact",
    ]  # fmt: skip
    names = {str(user) for user in User.objects.all()}
    assert rows(page)
    assert {row[0] for row in rows(page)} <= names


def test_each_count_leads_to_as_many_rows(leader, january):
    for by in ("channel", "department", "language", "agent"):
        links = re.findall(r'<td class="number"><a href="([^"]+)">(\d+)</a>', table(leader, by=by))
        assert links, by
        for url, count in links:
            assert len(rows_behind(leader, unescape(url))) == int(count), url


def test_a_click_on_a_head_sorts_and_a_second_one_turns_it_round(leader, january):
    def by_replies(page: str) -> list[int]:
        return [int(row[2]) for row in rows(page) if row[2].isdecimal()]

    descending, ascending = (table(leader, by="channel", sort=sort) for sort in ("-replied", "replied"))
    assert by_replies(descending) == sorted(by_replies(descending), reverse=True)
    assert by_replies(ascending) == sorted(by_replies(ascending))
    assert re.findall(r'aria-sort="(\w+)"', descending) == ["descending"]
    assert "sort=replied" in unescape(re.search(r'aria-sort="descending"><a href="([^"]+)"', descending)[1])


def test_what_is_no_column_does_not_sort(leader, january):
    assert rows(table(leader, by="channel", sort="password")) == rows(table(leader, by="channel"))
    assert "aria-sort" not in table(leader, by="agent", sort="-new")


def test_the_part_that_is_fetched_alone_is_that_of_the_page(leader, january):
    page = show(leader, **IN_JANUARY, by="channel", sort="-closed")
    assert (
        re.search(r'<section id="breakdown".*?</section>', page, re.S)[0]
        == table(leader, by="channel", sort="-closed").strip()
    )
