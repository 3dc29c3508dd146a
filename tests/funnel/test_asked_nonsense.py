"""What stands in an address is anybody's: nonsense is refused or left out, and no list tells what it must not."""

import csv
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from html import unescape
from io import StringIO

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from funnel.models import Edition, ReportSchedule, SharedReport, SupportConversation, SupportSession
from funnel.page.drilldown import file_of
from funnel.report.asking import QuestionForm
from funnel.tallies.editions import start_edition
from funnel.tallies.refresh import refresh_now
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_department, make_ticket
from tests.funnel.test_behind import QUERY, lines_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("conversations/?figure=new&agent=" + "9" * 5000, 404),
        ("conversations/?signal=" + "9" * 5000, 404),
        ("conversations/?signal=1&figure=nonsense", 404),
        ("conversations/?signal=" + "9" * 18, 200),
        ("conversations/?cursor=2026-13-01T00:00:00Z_1", 400),
        ("conversations/?cursor=2026-01-01T00:00:00Z_" + "9" * 5000, 400),
        ("sessions/?article=%00", 200),
        ("sessions/?tag=%00&channel=%00&department=" + "9" * 30, 200),
        ("?period=custom&since=0001-01-01&until=0001-01-31&compare=last_year", 200),
        ("?period=custom&since=9999-12-01&until=9999-12-31", 200),
        ("?period=custom&since=1970-01-01&until=1970-01-31&compare=last_year", 200),
        ("report.json?period=custom&since=2199-12-01&until=2199-12-31", 200),
    ],
)
def test_nonsense_in_the_address_is_no_fault_of_ours(leader, january, asked, status):
    assert leader.get(f"/funnel/{asked}").status_code == status


def test_a_year_that_nobody_means_is_asked_as_the_usual_one(db):
    form = QuestionForm({"period": "custom", "since": "0026-01-01", "until": "0026-01-31"})
    assert form.question().period.days > 300
    assert set(form.errors) == {"since", "until"}


def test_the_sign_for_every_tag_is_no_tag(leader, january):
    assert leader.get(f"/funnel/report.json{QUERY}").json()["sessions"] == 11
    starred = leader.get(f"/funnel/report.json{QUERY}&tag=*").json()
    assert (starred["sessions"], starred["new"], starred["waiting"]) == (0, 0, 0)


def test_an_article_leads_to_the_readers_counted_beside_it(leader, january):
    page = leader.get(f"/funnel/articles/{QUERY}").content.decode()
    links = re.findall(r'<a href="(/funnel/sessions/[^"]+)">(\d+)</a>', page)
    assert len(links) == 2
    for url, readers in links:
        body = leader.get(unescape(url)).content.decode().split("<tbody>")[1]
        assert body.count("<tr") == int(readers), url


def test_a_row_that_no_filter_can_ask_for_leads_nowhere(leader, january):
    answered = SupportConversation.objects.filter(is_spam=False, started_at__month=1, replied_at__month=1)
    SupportConversation.objects.filter(pk=answered.order_by("ticket").first().pk).update(language="tlh")
    start_edition(reason="asked", keeps_facts=True)
    refresh_now()
    body = leader.get(f"/funnel/breakdown/{QUERY}&by=language").content.decode().split("<tbody>")[1]
    linked = {
        re.search(r"<bdi>(.*?)</bdi>", row)[1]: "<a" in row for row in re.findall(r"<tr>.*?</tr>", body)
    }
    assert linked == {"tlh": False, "Unknown": True}


def test_who_wrote_only_where_the_agent_may_not_look_stays_unnamed(leader, january):
    department = make_department(name="Legal", is_restricted=True)
    ticket = make_ticket(name="Whistle Blower", email="whistle@customer.example")
    Ticket.objects.update(department=department)
    person = {"person": f"c{ticket.contact_id}"}
    SupportSession.objects.update(**person, tickets=[], tags=[])
    assert "Whistle Blower" not in "".join(lines_of(leader.get(f"/funnel/sessions.csv{QUERY}")))
    leader.force_login(make_agent(role="admin"))
    assert "Whistle Blower" in "".join(lines_of(leader.get(f"/funnel/sessions.csv{QUERY}")))


def test_the_tags_of_a_hidden_ticket_stay_hidden(leader, january):
    Ticket.objects.update(department=make_department(name="Legal", is_restricted=True))
    SupportSession.objects.update(tags=["fraud"])
    SupportConversation.objects.update(tags=["fraud"])
    files = [f"/funnel/{name}{QUERY}" for name in ("sessions.csv", "conversations.csv")]

    def tags_of_tickets() -> set[str]:
        rows = [row for file in files for row in csv.DictReader(lines_of(leader.get(file)))]
        return {row["tags"] for row in rows if row.get("hidden_tickets", row.get("ticket")) != "0"}

    assert tags_of_tickets() == {""}
    leader.force_login(make_agent(role="admin"))
    assert tags_of_tickets() == {"fraud"}


@pytest.mark.parametrize(
    ("door", "more"),
    [
        ("funnel:share", {"days": "30", "language": "en"}),
        ("funnel:schedule", {"address": "bank@customer.example", "every": "week", "language": "en"}),
    ],
)
def test_a_filter_that_went_while_the_page_was_open_shares_no_more_than_was_seen(leader, january, door, more):
    gone = make_department(name="Billing")
    asked = more | {"asked": f"department={gone.pk}"}
    gone.delete()
    page = leader.post(reverse(door), asked)
    assert page.status_code == 409
    assert "The whole desk" in page.content.decode()
    assert not SharedReport.objects.exists()
    assert not ReportSchedule.objects.exists()
    leader.post(reverse(door), more | {"asked": "period=year"})
    assert SharedReport.objects.count() + ReportSchedule.objects.count() == 1


def test_a_file_that_names_customers_is_kept_nowhere(leader, january):
    for name in ("sessions.csv", "conversations.csv"):
        assert "no-store" in leader.get(f"/funnel/{name}{QUERY}")["Cache-Control"]


def test_a_file_flows_part_by_part():
    made = []

    def lines():
        for number in range(3):
            made.append(number)
            yield f"{number}\n"

    async def read() -> None:
        flowing = aiter(file_of("lines", lines()))
        for number in range(3):
            assert await anext(flowing) == f"{number}\n".encode()
            assert made == list(range(number + 1))

    async_to_sync(read)()


@pytest.mark.django_db(transaction=True)
def test_a_rule_changed_by_two_at_once_begins_one_edition_after_the_other():
    def begin(_turn: int) -> int:
        try:
            return start_edition(reason="asked").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(begin, range(12)))
    assert Edition.objects.get(state=Edition.State.BUILDING).pk == max(begun)


def test_a_rebuild_in_whose_place_another_came_says_so_and_counts_nothing(january):
    class Overtaken:
        """Standard error, on which another admin presses the button at the first sign of progress."""

        def __init__(self) -> None:
            self.pressed = False

        def write(self, _text: str) -> None:
            if not self.pressed:
                self.pressed = True
                start_edition(reason="asked")

        def flush(self) -> None:
            return

    with redirect_stderr(Overtaken()), pytest.raises(CommandError, match="Another rebuild"):
        call_command("funnel_rebuild", stdout=StringIO())
