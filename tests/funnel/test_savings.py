"""Time and money saved: the example of docs/funnel.md, and the section in which its assumptions are tried and saved."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from funnel.invest.money import say_money
from funnel.invest.saved import months_gone, say_savings
from funnel.invest.savings import savings
from funnel.models import Assumptions
from funnel.report.period import Period
from tests import factories

ROME = ZoneInfo("Europe/Rome")
FIGURES = {"resolved_by_bot": 139, "resolved_by_articles": 252, "median_time_to_close": 32_700}
VALUES = {
    "would_write": "50",
    "minutes_per_conversation": "6",
    "cost_per_hour": "30",
    "currency": "EUR",
    "tool_cost_per_month": "",
}


@pytest.fixture(autouse=True)
def forget_answers():
    cache.clear()


def test_the_example_of_the_specification_comes_out_to_the_digit():
    saved = savings(FIGURES, Assumptions(), 1)
    assert saved["hours"] == 26.5
    assert saved["money"] == 795
    assert saved["hours_range"] == [13.9, 39.1]
    assert saved["money_range"] == [417, 1173]
    assert round(saved["customer_hours"], 1) == 1262.6


def test_the_example_reads_as_in_the_specification():
    words = say_savings(savings(FIGURES, Assumptions(), 1), Assumptions(), is_exact=True)
    assert (words["hours"], words["money"], words["customers"]) == ("26.5 h", "€795", "1,262.6 h")
    assert (words["hours_range"], words["money_range"]) == ("13.9 h to 39.1 h", "€417 to €1,173")
    assert words["roi"] == ""


def test_the_share_who_would_have_written_moves_only_what_articles_solved():
    nobody = savings(FIGURES, Assumptions(readers_who_would_write=Decimal(0)), 1)
    assert nobody["conversations"] == 139
    assert nobody["hours"] == nobody["hours_range"][0]
    everybody = savings(FIGURES, Assumptions(readers_who_would_write=Decimal(1)), 1)
    assert everybody["conversations"] == 391
    assert everybody["hours"] == everybody["hours_range"][1]


def test_the_return_is_hidden_until_a_cost_is_entered_and_counts_every_month():
    assert savings(FIGURES, Assumptions(), 1)["roi"] is None
    assert savings(FIGURES, Assumptions(tool_cost_per_month=Decimal(0)), 1)["roi"] is None
    once = savings(FIGURES, Assumptions(tool_cost_per_month=Decimal("100")), 1)
    assert (once["tool_cost"], once["roi"]) == (100, 6.95)
    assert savings(FIGURES, Assumptions(tool_cost_per_month=Decimal("100")), 12)["roi"] == -0.3375


def test_without_a_median_nothing_is_said_of_customers_time():
    assert savings(FIGURES | {"median_time_to_close": None}, Assumptions(), 1)["customer_hours"] is None


def test_a_month_that_has_begun_counts_by_its_days():
    now = datetime(2026, 4, 15, 12, tzinfo=ROME)
    assert months_gone(Period(date(2026, 1, 1), date(2026, 3, 31), ROME), now) == 3
    assert months_gone(Period(date(2026, 3, 1), date(2026, 4, 30), ROME), now) == Decimal("1.5")
    assert months_gone(Period(date(2026, 5, 1), date(2026, 5, 31), ROME), now) == 0


def test_money_is_written_as_the_reader_writes_it():
    assert say_money(1234.5, "EUR") == "€1,235"
    assert say_money(4.5, "USD") == "$4.50"
    assert say_money(1234, "CHF") == "CHF 1,234"
    with translation.override("it"):
        assert "1.234" in say_money(1234, "EUR")


in_database = pytest.mark.django_db


@pytest.fixture
def admin(client) -> Client:
    client.force_login(factories.make_admin())
    return client


@pytest.fixture
def agent(client) -> Client:
    client.force_login(factories.make_agent())
    return client


@in_database
def test_anybody_of_the_team_may_try_values_and_nothing_is_saved(agent):
    answer = agent.get(
        reverse("funnel:savings"), VALUES | {"cost_per_hour": "45"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'value="45"' in page and "Values being tried" in page
    assert not Assumptions.objects.exists()


@in_database
def test_values_that_an_address_does_not_name_are_those_saved(agent):
    answer = agent.get(reverse("funnel:savings"), {"cost_per_hour": "99"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="99"' in page and 'value="6"' in page and 'value="50"' in page


@in_database
def test_an_admin_saves_what_everybodys_report_assumes(admin):
    answer = admin.post(
        reverse("funnel:savings"),
        VALUES | {"would_write": "25.5", "currency": "RON"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    saved = Assumptions.get()
    assert (saved.readers_who_would_write, saved.currency) == (Decimal("0.255"), "RON")
    assert 'class="toast' in answer.content.decode()
    page = admin.get(
        reverse("funnel:savings"), VALUES | {"would_write": "25.5", "currency": "RON"}
    ).content.decode()
    assert 'value="6"' in page and 'value="30"' in page
    assert 'value="25.5"' in page and "Values being tried" not in page


@in_database
def test_an_agent_may_not_save(agent):
    answer = agent.post(reverse("funnel:savings"), VALUES)
    assert answer.status_code == 403
    assert not Assumptions.objects.exists()


@in_database
@pytest.mark.parametrize(
    ("field", "value", "label"),
    [
        ("would_write", "101", "Helped readers who would have written to us"),
        ("would_write", "", "Helped readers who would have written to us"),
        ("minutes_per_conversation", "-1", "Minutes of work on a simple conversation"),
        ("cost_per_hour", "a lot", "Cost of a teammate&#x27;s hour"),
        ("tool_cost_per_month", "-5", "Cost of self-service tools each month"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(admin, field, value, label):
    for ask in (admin.get, admin.post):
        answer = ask(reverse("funnel:savings"), VALUES | {field: value}, headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert f'id="assume-{field}_error">{label}' in answer.content.decode()
    assert not Assumptions.objects.exists()


@in_database
def test_a_currency_we_do_not_know_is_refused(admin):
    answer = admin.post(reverse("funnel:savings"), VALUES | {"currency": "XXX"})
    assert answer.status_code == 422


@in_database
def test_the_filters_of_the_report_stay_with_the_form(admin):
    asked = VALUES | {"period": "before", "channel": ["email", "webchat"]}
    page = admin.get(reverse("funnel:savings"), asked, headers={"HX-Request": "true"}).content.decode()
    assert '<input type="hidden" name="period" value="before">' in page
    assert page.count('<input type="hidden" name="channel"') == 2
    assert (
        f"{reverse('funnel:sessions')}?period=before&amp;channel=email&amp;channel=webchat&amp;node=resolved_by_articles"
        in page
    )
    answer = admin.post(reverse("funnel:savings"), asked)
    assert answer.status_code == 302
    assert "period=before" in answer["Location"] and "channel=webchat" in answer["Location"]
