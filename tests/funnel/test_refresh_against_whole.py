"""Hypothesis looks for a history that comes out otherwise when it is followed bit by bit than when it is read as a whole."""

from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.models import DirtyDay, Edition
from funnel.replay import Teller, first_with_bot
from funnel.sessions.reading import read_history
from funnel.tallies.editions import building_edition, current_edition, start_edition
from funnel.tallies.refresh import refresh
from helpdesk import clock
from helpdesk.people.models import Workspace
from helpdesk.tickets.delivery import transport_for
from tests.funnel.histories import IN_A_DATABASE
from tests.funnel.stored import rows_of, rows_stored, tallies
from tests.funnel.test_against_oracle import histories, moments_after
from tests.funnel.test_replay_against_oracle import WORKSPACE

ZONES = ["Europe/Rome", "America/New_York", "Pacific/Auckland"]
CHANGES = [{"session_hours": 48}, {"settled_days": 1}, {"browsing_days": 2}, {"business_hours": "now"}]


@st.composite
def full_histories(draw) -> list[dict]:
    """The histories of the oracle, with tags, and with messages of ours that are opened, sooner or later, or not."""
    lines = []
    for line in draw(histories()):
        lines.append(line)
        at, person = line["at"], line["person"]
        begun = sorted(standing_in(lines))
        asides = [
            "nothing",
            "nothing",
            "proactive_sent",
            "proactive_opened",
            *["tagged", "untagged"] * bool(begun),
        ]
        kind = draw(st.sampled_from(asides))
        if kind.startswith("proactive"):
            message = draw(st.sampled_from(["m1", "m2"]))
            lines.append({"kind": kind, "at": at, "person": person, "message": message, "channel": "chat"})
        elif kind != "nothing":
            tag = draw(st.sampled_from(["vip", "bug"]))
            conversation = draw(st.sampled_from(begun))
            lines.append(
                {"kind": kind, "at": at, "person": person, "conversation": conversation, "value": tag}
            )
    return lines


def standing_in(lines: list[dict]) -> set[str]:
    """The conversations that have begun and were not put into others."""
    standing: set[str] = set()
    for line in lines:
        if line["kind"] == "conversation_merged":
            standing.discard(line["conversation"])
        elif "conversation" in line:
            standing |= {line["conversation"], line.get("to", line["conversation"])}
    return standing


def follow(data: st.DataObject, lines: list[dict]) -> None:
    """Tell the lines, with a refresh, a change of rules or a forgetful cache now and then."""
    teller = Teller(bot_first=first_with_bot(lines))
    teller.set_workspace(WORKSPACE["workspace"])
    for number, line in enumerate(lines, 1):
        teller.tell(number, line)
        now = datetime.fromisoformat(line["at"])
        event = data.draw(
            st.sampled_from(["go on"] * 3 + ["refresh"] * 3 + ["zone", "rules", "forget"]), "event"
        )
        with clock.frozen_at(now):
            if event == "refresh":
                refresh(now, build_for=data.draw(st.sampled_from([-1.0, 60.0]), "build for"))
            elif event == "zone":
                Workspace.objects.update(time_zone=data.draw(st.sampled_from(ZONES)))
            elif event == "rules" and current_edition():
                start_edition(reason="rules", **data.draw(st.sampled_from(CHANGES)))
            elif event == "forget":
                cache.clear()


@pytest.mark.django_db
@settings(IN_A_DATABASE, max_examples=12)
@given(data=st.data())
def test_following_the_ledger_leaves_what_reading_it_whole_does(outbox, data):
    lines = data.draw(full_histories())
    now = data.draw(moments_after(lines))
    transport_for.cache_clear()
    with transaction.atomic():
        follow(data, lines)
        with clock.frozen_at(now):
            refresh(now)
            while building_edition():
                refresh(now)
            followed = current_edition()
            rows, counts = rows_stored(followed), tallies(followed)
            assert not DirtyDay.objects.exists()
            if followed.business_hours == Edition.Hours.THEN:
                assert rows == rows_of(read_history(now=now, rules=followed.rules))
            start_edition(reason="asked")
            refresh(now)
        whole = current_edition()
        assert whole != followed
        assert rows_stored(whole) == rows
        assert tallies(whole) == counts
        refresh(now)
        assert set(Edition.objects.values_list("pk", flat=True)) == {whole.pk}
        transaction.set_rollback(True)
