"""The report's own settings: changed rules are reckoned beside the old ones, and readers are told."""

from uuid import uuid4

import pytest

from funnel.models import Edition
from funnel.tallies.editions import building_edition, current_edition
from funnel.tallies.refresh import refresh_now
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.models import Workspace
from tests.factories import make_admin, make_agent

pytestmark = pytest.mark.django_db
RULES = {
    "time_zone": "UTC",
    "session_hours": 24,
    "browsing_days": 7,
    "settled_days": 7,
    "business_hours": "then",
    "bot_silence_hours": 4,
}


@pytest.fixture
def admin(client):
    record(names.ARTICLE_VIEWED, by=Actor("customer"), visitor=uuid4(), data={"article": "1"})
    refresh_now()
    client.force_login(make_admin())
    return client


def test_a_changed_rule_is_told_while_it_is_reckoned_and_after(admin):
    assert admin.post("/settings/reporting/", RULES | {"session_hours": 12}).status_code == 302
    assert (building_edition().session_hours, current_edition().session_hours) == (12, 24)
    told = "the hours until a problem is a new one were changed"
    assert f"reckoned anew: {told}" in admin.get("/funnel/").content.decode()
    refresh_now()
    assert current_edition().session_hours == 12
    page = admin.get("/funnel/").content.decode()
    assert told in page
    assert "The report is being reckoned" not in page


def test_saving_what_already_holds_reckons_nothing(admin):
    assert admin.post("/settings/reporting/", RULES).status_code == 302
    assert building_edition() is None


def test_the_bots_patience_is_the_workspaces_and_reckons_nothing(admin):
    admin.post("/settings/reporting/", RULES | {"bot_silence_hours": 9})
    assert Workspace.get().bot_silence_hours == 9
    assert building_edition() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Base"),
        ("session_hours", 0),
        ("session_hours", 999),
        ("browsing_days", ""),
        ("bot_silence_hours", 100),
        ("business_hours", "never"),
    ],
)
def test_nonsense_is_refused_at_its_field_and_changes_nothing(admin, field, value):
    answer = admin.post("/settings/reporting/", RULES | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Edition.objects.count() == 1
    assert Workspace.get().bot_silence_hours == 4


def test_an_admin_can_have_everything_reckoned_anew(admin):
    before = current_edition()
    assert admin.post("/settings/reporting/anew/").status_code == 302
    refresh_now()
    assert current_edition() != before


def test_only_admins_set_what_the_report_counts(client):
    client.force_login(make_agent())
    assert client.get("/settings/reporting/").status_code == 403
    assert client.post("/settings/reporting/anew/").status_code == 403
