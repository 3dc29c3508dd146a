import pytest
from django.core.exceptions import ValidationError

from routing.models import BusinessHours
from routing.week import read_day, read_holidays, write_day, write_holidays
from tests.factories import make_admin, make_department


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("9-18", [("09:00", "18:00")]),
        ("9:00–12:30, 13.30 - 18", [("09:00", "12:30"), ("13:30", "18:00")]),
        ("22-6", [("22:00", "06:00")]),
        ("0-24", [("00:00", "24:00")]),
        ("14-18; 8-12", [("08:00", "12:00"), ("14:00", "18:00")]),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert read_day(text) == spans
    assert read_day(write_day([[3, *span] for span in spans], 3)) == spans


@pytest.mark.parametrize("text", ["nine", "9-", "25-26", "9:70-10", "9-9", "9-12, 11-15", "22-6, 23-24"])
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValidationError):
        read_day(text)


def test_holidays_are_sorted_and_named():
    text = "2026-12-25 Christmas\n\n2026-01-01\n"
    assert read_holidays(text) == [["2026-01-01", ""], ["2026-12-25", "Christmas"]]
    with pytest.raises(ValidationError):
        read_holidays("25.12.2026 Christmas")


def test_special_days_are_of_one_year_or_of_every_and_may_have_hours():
    text = "12-25 Christmas\n2026-12-24 9-13, 14-15 Christmas Eve\n02-29 Leap day\n2026-12-31 9–13"
    read = read_holidays(text)
    assert read == [
        ["02-29", "Leap day"],
        ["12-25", "Christmas"],
        ["2026-12-24", "Christmas Eve", [["09:00", "13:00"], ["14:00", "15:00"]]],
        ["2026-12-31", "", [["09:00", "13:00"]]],
    ]
    assert read_holidays(write_holidays(read)) == read
    for wrong in ("13-25 Nothing", "2026-02-30", "2026-12-24 9-25 Late"):
        with pytest.raises(ValidationError):
            read_holidays(wrong)


WEEK = {f"day_{weekday}": "9-18" for weekday in range(5)}


@pytest.mark.django_db
def test_hours_are_set_changed_and_deleted(client):
    client.force_login(make_admin())
    fields = {
        "name": "Office",
        "time_zone": "Europe/Rome",
        "is_default": "on",
        "days_off": "2026-12-25",
    } | WEEK
    assert client.post("/settings/hours/new/", fields).status_code == 302
    office = BusinessHours.objects.get()
    assert office.weekly == [[weekday, "09:00", "18:00"] for weekday in range(5)]
    assert office.holidays == [["2026-12-25", ""]]
    assert client.post("/settings/hours/new/", fields | {"name": "New office"}).status_code == 302
    assert BusinessHours.objects.get(is_default=True).name == "New office", "one is the workspace's"
    department = make_department("Billing", hours=office)
    assert "Office" in client.get("/settings/hours/").content.decode()
    client.post(f"/settings/hours/{office.pk}/deletion/")
    department.refresh_from_db()
    assert department.hours is None


@pytest.mark.django_db
def test_a_wrong_day_is_named_and_nothing_is_saved(client):
    client.force_login(make_admin())
    fields = {"name": "Office", "time_zone": "Europe/Rome", "day_2": "nine to five"}
    answer = client.post("/settings/hours/new/", fields)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["day_2"]
    assert not BusinessHours.objects.exists()


@pytest.mark.django_db
def test_the_form_shows_what_it_comes_to_before_it_is_saved(client):
    client.force_login(make_admin())
    fields = {"name": "", "time_zone": "Europe/Rome", "days_off": ""} | WEEK
    assert "45 hours" in client.post("/settings/hours/preview/", fields).content.decode()
    wrong = client.post("/settings/hours/preview/", fields | {"day_2": "nine"}).content.decode()
    assert "is not understood" in wrong and "hours in the next" not in wrong
    assert not BusinessHours.objects.exists()
