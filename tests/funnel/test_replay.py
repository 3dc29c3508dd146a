"""The golden January through the product's own verbs, under a controlled clock."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from funnel.replay import CannotReplay, replay
from helpdesk.events.models import Event
from helpdesk.tickets.models import Message, Ticket
from tests import factories
from tests.funnel.histories import GOLDEN, golden_expected

pytestmark = pytest.mark.django_db
JANUARY = str(GOLDEN / "january.jsonl")
WORKSPACE = '{"workspace": {"timezone": "Europe/Rome", "hours": [[0, "09:00", "18:00"]], "holidays": []}}'


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def report(*more: str) -> dict:
    return json.loads(run("funnel_report", *golden_expected()["arguments"].split(), *more))


@pytest.fixture
def january(outbox):
    run("replay", JANUARY)
    return outbox


def test_the_golden_january_comes_out_of_the_products_own_verbs(january):
    expected = golden_expected()
    del expected["arguments"]
    interval = expected.pop("csat_interval")
    given = report()
    assert {key: given[key] for key in expected} == expected
    assert [round(bound, 3) for bound in given["csat_interval"]] == interval


def test_channels_and_departments_add_up_to_the_whole(january):
    whole, parts = (
        report(),
        [report("--channel", channel) for channel in ("chat", "email", "telegram", "help")],
    )
    for figure in ("sessions", "article_views", "new", "replied", "closed", "resolved_outright", "ratings"):
        assert sum(part[figure] for part in parts) == whole[figure], figure
    named, unnamed = report("--department", "support"), report("--department", "none")
    assert (named["sessions"], unnamed["sessions"]) == (8, 3)


def test_nothing_that_is_told_again_leaves_the_machine_or_waits_for_a_job(january):
    assert january == []
    assert not Event.objects.filter(told_at=None).exists()
    assert not Message.objects.due().exists()


def test_a_history_keeps_its_own_moments(january):
    ticket = Ticket.objects.get(channel="email", is_spam=False)
    assert ticket.created_at.isoformat() == "2026-01-16T16:30:00+00:00"
    assert ticket.closed_at.isoformat() == "2026-01-19T08:15:00+00:00"


def test_only_an_empty_database_is_told_a_history(outbox):
    factories.make_ticket()
    with pytest.raises(CommandError, match="empty database"):
        run("replay", JANUARY)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            '{"at": "2026-01-01T10:00:00+01:00", "kind": "danced", "person": "p"}',
            "Line 2: there is no kind “danced”",
        ),
        ('{"at": "2026-01-01T10:00:00+01:00", "kind": "closed", "conversation": "c"}', "has not started"),
        ("{", "Line 2 is not JSON"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(line, sentence):
    with pytest.raises(CannotReplay, match=sentence):
        replay([WORKSPACE, line])


def test_a_history_with_a_line_that_is_wrong_is_not_told_at_all(outbox):
    good = (GOLDEN / "january.jsonl").read_text().splitlines()
    with pytest.raises(CannotReplay, match="Line 50"):
        replay([*good, '{"at": "2026-02-01T00:00:00+01:00", "kind": "danced"}'])
    assert not Event.objects.exists()


def test_a_conversation_the_team_began_is_no_new_one_until_the_customer_writes(outbox):
    started = {
        "kind": "conversation_started",
        "person": "p",
        "conversation": "c",
        "channel": "email",
        "agent": "g",
    }
    lines = [
        started | {"at": "2026-01-05T10:00:00+01:00"},
        {"at": "2026-01-06T10:00:00+01:00", "kind": "customer_replied", "person": "p", "conversation": "c"},
        {
            "at": "2026-01-06T11:00:00+01:00",
            "kind": "human_replied",
            "person": "p",
            "conversation": "c",
            "agent": "g",
        },
    ]
    replay([WORKSPACE, *map(json.dumps, lines)])
    given = report()
    assert (given["new"], given["sessions"], given["replied"]) == (0, 1, 1)
    assert given["median_first_response"] is None
