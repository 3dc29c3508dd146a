"""Links to the report for people without an account: what they open, what they never show, and how they end."""

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from PIL import Image
from pypdf import PdfReader

from funnel.models import SharedReport
from funnel.sharing.links import share_report, token_of
from funnel.tallies.refresh import refresh_now
from helpdesk import clock
from helpdesk.people.models import Contact, User
from helpdesk.tickets.actions import close_ticket, tag_ticket
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from tests import factories
from tests.funnel.histories import END, IN_JANUARY

pytestmark = pytest.mark.django_db
KINDS = ("csv", "json", "svg", "pdf", "png")


@pytest.fixture
def lea() -> User:
    return factories.make_agent("Lea Leitner")


@pytest.fixture
def outsider() -> Client:
    return Client(enforce_csrf_checks=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shared(by: User, *, words: dict | None = None, language: str = "en", days: int = 7) -> SharedReport:
    until = clock.now() + timedelta(days=days)
    return share_report(
        IN_JANUARY if words is None else words, until=until, language=language, note="Bank", by=by
    )


def page_url(report: SharedReport) -> str:
    return reverse("funnel:shared", args=[token_of(report)])


def file_url(report: SharedReport, kind: str) -> str:
    return reverse("funnel:shared_file", args=[token_of(report), kind])


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def figure(page: str, key: str) -> str:
    found = re.search(rf'data-figure="{key}".*?class="tile-figure">(.*?)</p>', page, re.S)[1]
    return re.sub(r"<[^>]+>", "", found)


# ---------------------------------------------------------------- making


def test_a_teammate_makes_a_link_that_opens_the_same_report_signed_out(january, lea, outsider):
    team = signed_in(lea)
    made = team.post(
        reverse("funnel:share"),
        {"asked": "period=custom&since=2026-01-01&until=2026-01-31", "note": "The board", "days": "7"}
        | {"language": "en"},
        follow=True,
    )
    report = SharedReport.objects.get()
    assert (report.note, report.made_by, report.words) == ("The board", lea, IN_JANUARY)
    assert report.expires_at == END + timedelta(days=7)
    (url,) = re.findall(r"<code[^>]*>http://testserver(\S+)</code>", made.content.decode())
    page = read(outsider, url)
    assert "Self-service solved 33.3% of 9 problems." in page
    assert figure(page, "sessions") == "11"


def test_the_dialog_gets_only_its_inside(january, lea):
    team = signed_in(lea)
    inside = team.get(reverse("funnel:share"), IN_JANUARY, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in inside
    asked = re.search(r'name="asked" value="([^"]*)"', inside)[1].replace("&amp;", "&")
    made = team.post(
        reverse("funnel:share"),
        {"asked": asked, "note": "", "days": "1", "language": "it"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "<html" not in made
    assert page_url(SharedReport.objects.get()) in made
    assert SharedReport.objects.get().words == IN_JANUARY


def test_a_link_without_an_end_or_a_language_is_not_made(january, lea):
    for wrong in ({"days": "1000", "language": "en"}, {"days": "7", "language": "tlh"}, {}):
        assert signed_in(lea).post(reverse("funnel:share"), wrong).status_code == 422
    assert not SharedReport.objects.exists()


def test_a_rolling_period_rolls_on_and_chosen_days_stay(january, lea, outsider):
    rolling, fixed = shared(lea, words={"period": "month"}, days=90), shared(lea, days=90)
    with clock.frozen_at(datetime.fromisoformat("2026-03-10T12:00:00+01:00")):
        refresh_now()
        assert "1 March 2026 to 31 March 2026" in read(outsider, page_url(rolling))
        assert "1 January 2026 to 31 January 2026" in read(outsider, page_url(fixed))


# ---------------------------------------------------------------- ending


def endings(report: SharedReport) -> dict[str, str]:
    """Links that open nothing, each for another reason."""
    token = token_of(report)
    signature = token.rpartition(":")[2]
    return {
        "another's signature": f"MTIz:{signature}",
        "a signature of another purpose": signing.Signer(salt="funnel.unsubscribe").sign_object(report.pk),
        "a changed letter": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "no signature": token.partition(":")[0],
        "nonsense": "x" * 60,
        "never made": signing.Signer(salt="funnel.shared-report").sign_object(report.pk + 1000),
    }


def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(january, lea, outsider):
    live, revoked, over = shared(lea), shared(lea), shared(lea, days=-1)
    signed_in(lea).post(reverse("funnel:revoke", args=[revoked.pk]))
    tokens = {**endings(live), "revoked": token_of(revoked), "over": token_of(over)}
    answers = {}
    for reason, token in tokens.items():
        addresses = [reverse("funnel:shared", args=[token])]
        addresses += [reverse("funnel:shared_file", args=[token, kind]) for kind in KINDS]
        for address in addresses:
            answer = outsider.get(address)
            headers = {name: value for name, value in answer.headers.items() if name != "Expires"}  # a clock
            seen = (answer.status_code, answer.content, tuple(sorted(headers.items())))
            answers.setdefault(seen, []).append(reason)
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert outsider.get(page_url(live)).status_code == 200


def test_a_link_ends_at_its_moment_and_not_before(january, lea, outsider):
    report = shared(lea, days=1)
    with clock.frozen_at(END + timedelta(days=1) - timedelta(seconds=1)):
        assert outsider.get(page_url(report)).status_code == 200
    with clock.frozen_at(END + timedelta(days=1)):
        assert outsider.get(page_url(report)).status_code == 404


def test_revoking_is_at_once_although_it_was_just_open(january, lea, outsider):
    report = shared(lea)
    assert outsider.get(page_url(report)).status_code == 200
    signed_in(lea).post(reverse("funnel:revoke", args=[report.pk]))
    for url in (page_url(report), *(file_url(report, kind) for kind in KINDS)):
        assert outsider.get(url).status_code == 404


def test_a_link_to_a_department_that_is_gone_does_not_widen_to_all(january, lea, outsider):
    gone = factories.make_department("Gone")
    report = shared(lea, words={**IN_JANUARY, "department": [str(gone.pk)]})
    assert outsider.get(page_url(report)).status_code == 200
    gone.delete()
    assert outsider.get(page_url(report)).status_code == 404
    assert "a filter of it is gone" in read(signed_in(lea), reverse("funnel:share"))


def test_agents_end_their_own_links_and_admins_all(january, lea):
    other, boss = factories.make_agent("Otto"), factories.make_admin("Ada")
    report = shared(lea)
    assert "Bank" not in read(signed_in(other), reverse("funnel:share"))
    assert signed_in(other).post(reverse("funnel:revoke", args=[report.pk])).status_code == 404
    report.refresh_from_db()
    assert report.revoked_at is None
    assert "Bank" in read(signed_in(boss), reverse("funnel:share"))
    assert signed_in(boss).post(reverse("funnel:revoke", args=[report.pk])).status_code == 302
    report.refresh_from_db()
    assert report.revoked_at == END


# ---------------------------------------------------------------- showing


def test_page_and_files_carry_the_numbers_that_the_team_sees(january, lea, outsider):
    report, team = shared(lea), signed_in(lea)
    ours = team.get(reverse("funnel:json"), IN_JANUARY).json()
    theirs = outsider.get(file_url(report, "json")).json()
    assert theirs == ours
    assert theirs["sessions"] == 11
    rows = csv.DictReader(io.StringIO(outsider.get(file_url(report, "csv")).content.decode()))
    figures = {row["name"]: row["value"] for row in rows if row["part"] == "figure"}
    assert figures["sessions"] == "11"
    assert figures["csat"] == str(ours["csat"])
    team_page = team.get(reverse("funnel:page"), IN_JANUARY).content.decode()
    their_page = read(outsider, page_url(report))
    keys = re.findall(r'data-figure="(\w+)"', their_page)
    tiles = [key for key in keys if f'id="tile-{key}"' in their_page]
    assert len(tiles) >= 10
    assert {key: figure(their_page, key) for key in tiles} == {key: figure(team_page, key) for key in tiles}
    drawn = outsider.get(file_url(report, "svg")).content.decode()
    assert sorted(int(count) for count in re.findall(r"<title>[^<]+: (\d+) \(", drawn)) == sorted(
        value for *_, value in ours["links"]
    )


def test_a_filter_of_the_link_holds_and_no_query_widens_it(january, lea, outsider):
    report = shared(lea, words={**IN_JANUARY, "channel": ["email"]})
    page = read(outsider, page_url(report))
    assert figure(page, "new") == "1"
    assert "Email" in page
    for query in ("?channel=", "?channel=webchat", "?period=year", "?by=agent"):
        assert figure(read(outsider, page_url(report) + query), "new") == "1"
        assert outsider.get(file_url(report, "json") + query).json()["new"] == 1


def test_a_shared_report_shows_nothing_of_customers_conversations_or_teammates(outbox, lea, outsider):
    boss = factories.make_admin("Ada Admin")
    hand = factories.make_agent("Agnes Answers")
    ticket = factories.make_ticket(
        subject="My secret surgery", text="I am ill", name="Carla Customer", email="carla@customer.example"
    )
    factories.make_ticket(factories.make_inbox("webchat"), subject="Where is it", name="Zoe Zealous")
    reply(ticket, "Get well", by=factories.by(hand))
    tag_ticket(ticket, tags=["vip-tag"], by=factories.by(hand))
    close_ticket(ticket, by=factories.by(hand))
    factories.make_article("Hidden plans for Mars", publish=False)
    refresh_now()
    report = shared(lea, words={"period": "days"})
    secrets = {
        *Contact.objects.values_list("name", flat=True),
        *Contact.objects.values_list("email", flat=True),
    }
    secrets |= {
        *Ticket.objects.values_list("subject", flat=True),
        *Message.objects.values_list("text", flat=True),
    }
    secrets |= {name for person in (boss, hand, lea) for name in (person.name, person.email)}
    secrets |= {"Hidden plans for Mars", "Bank", "vip-tag"}
    secrets -= {""}
    assert {"Carla Customer", "carla@customer.example", "My secret surgery", "Agnes Answers"} <= secrets
    for who in (outsider, signed_in(boss)):  # a teammate who tries the link sees what the reader will
        page = read(who, page_url(report))
        assert figure(page, "new") == "2"
        told = [page, *(content_of(who.get(file_url(report, kind)), kind) for kind in KINDS if kind != "png")]
        for text in told:
            assert [secret for secret in secrets if escape(secret) in text or secret in text] == []
        links = set(re.findall(r'(?:href|action|src|hx-\w+|formaction)="([^"#]+)', page))
        inside = {link for link in links if not link.startswith("/static/")}
        assert inside == {file_url(report, kind) for kind in KINDS}
        assert not re.search(r'<form|(?:href|src|action)=""', page)
        assert "<script" not in page


def content_of(answer: HttpResponse, kind: str) -> str:
    """The words of a page or a file."""
    assert answer.status_code == 200
    if kind != "pdf":
        return answer.content.decode()
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def test_pdf_and_png_are_those_of_the_link_in_its_language(january, lea, outsider):
    report = shared(lea, language="it")
    pdf = outsider.get(file_url(report, "pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    words = content_of(pdf, "pdf")
    assert "33,3" in words
    assert "60,0" in words
    png = outsider.get(file_url(report, "png"))
    assert png["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(png.content)).width > 1000
    assert 'filename="funnel-2026-01-01-2026-01-31.png"' in png["Content-Disposition"]


def test_the_page_is_kept_by_nobody_and_found_by_no_search_engine(january, lea, outsider):
    report = shared(lea)
    for url in (page_url(report), file_url(report, "json"), page_url(report)[:-4] + "abc/"):
        answer = outsider.get(url)
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies


def test_the_report_speaks_the_links_language_whoever_opens_it(january, lea, outsider):
    report = shared(lea, language="it")
    for who in (outsider, signed_in(lea)):
        answer = who.get(page_url(report), headers={"Accept-Language": "ro"})
        assert answer["Content-Language"] == "it"
        page = answer.content.decode()
        assert '<html lang="it"' in page
        assert "33,3" in figure(page, "self_service_share")


def test_days_and_hours_are_the_workspaces_and_not_the_readers(january, lea, outsider):
    lea.time_zone = "Asia/Tokyo"
    lea.save()
    report = shared(lea)
    assert read(signed_in(lea), page_url(report)) == read(outsider, page_url(report))


def test_opening_is_counted_at_most_once_a_minute(january, lea, outsider, django_assert_num_queries):
    report = shared(lea)
    for seconds in (0, 10, 59, 60, 61, 200):
        with clock.frozen_at(END + timedelta(seconds=seconds)):
            read(outsider, page_url(report))
            outsider.get(file_url(report, "json"))
            outsider.head(page_url(report))
    report.refresh_from_db()
    assert (report.opened, report.opened_at) == (3, END + timedelta(seconds=200))
    listed = read(signed_in(lea), reverse("funnel:share"))
    assert "opened 3 times" in listed


def test_guessing_is_slowed_down(january, lea, outsider, settings):
    settings.RATELIMIT_ENABLE = True
    cache.clear()
    # More than twice as many as a minute allows: one may end on the way.
    statuses = [outsider.get(reverse("funnel:shared", args=["MQ:guess"])).status_code for _try in range(121)]
    cache.clear()
    assert statuses[:60] == [404] * 60
    assert 403 in statuses


def test_the_list_takes_the_same_few_queries_however_many_links(january, lea, django_assert_max_num_queries):
    for _link in range(20):
        shared(lea)
    team = signed_in(lea)
    with django_assert_max_num_queries(16):
        page = read(team, reverse("funnel:share"))
    assert page.count("data-link=") == 20
