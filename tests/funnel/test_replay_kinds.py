"""What the lines of a history do that move people, departments and tags about."""

import json
from datetime import datetime

import pytest

from funnel.replay import MEANING, replay
from funnel.replay_cast import CannotReplay, visitor_of
from funnel.sessions.reading import read_history
from helpdesk.events.models import Event
from helpdesk.people.contacts import find_contact
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
WORKSPACE = {"workspace": {"timezone": "Europe/Rome", "hours": [[0, "09:00", "18:00"]], "holidays": []}}
LATER = datetime.fromisoformat("2026-02-01T00:00:00+01:00")


def line(minute: int, kind: str, person: str = "ann", conversation: str = "", **more: object) -> dict:
    """A line of 12 January, so many minutes after ten in Rome."""
    at = {"at": f"2026-01-12T10:{minute:02}:00+01:00", "kind": kind, "person": person}
    return at | ({"conversation": conversation} if conversation else {}) | more


def chat(minute: int, person: str, conversation: str, **more: object) -> dict:
    return line(minute, "conversation_started", person, conversation, channel="chat", **more)


def tell(*lines: dict) -> None:
    replay(json.dumps(line) for line in [WORKSPACE, *lines])


def contact_of(person: str) -> Contact | None:
    return find_contact("visitor", str(visitor_of(person)))


@pytest.mark.parametrize("kind", ["merged", "people_merged", "contact_merged", "person_merged", "identified"])
@pytest.mark.parametrize("names", [{"gone": "bob"}, {"other": "bob"}, {"with": "bob"}, {"value": "bob"}])
def test_two_people_are_one_from_the_line_that_says_so(kind, names, outbox):
    tell(chat(0, "ann", "c1"), chat(1, "bob", "c2"), line(2, kind, **names))
    ann = contact_of("ann")
    assert (contact_of("bob"), ann.name) == (ann, "ann")
    assert Ticket.objects.of(ann).count() == 2
    [fact] = Event.objects.filter(name="contact.merged")
    assert (fact.contact_id, fact.occurred_at.isoformat()) == (ann.pk, "2026-01-12T09:02:00+00:00")


def test_whom_the_line_names_in_into_is_kept(outbox):
    tell(chat(0, "ann", "c1"), chat(1, "bob", "c2"), line(2, "merged", into="bob"))
    assert contact_of("ann").name == "bob"


def test_later_lines_reach_the_one_person_under_either_name(outbox):
    tell(
        chat(0, "ann", "c1"),
        line(1, "merged", gone="bob"),
        line(2, "merged", "cid", into="bob"),  # by way of bob, it is ann who is kept
        line(3, "customer_replied", "bob", "c1"),
        chat(4, "cid", "c2"),
    )
    ann = contact_of("ann")
    assert {message.contact for message in Message.objects.all()} == {ann}
    assert list(Contact.objects.standing()) == [ann]


def test_a_merge_that_was_said_before_is_said_in_vain(outbox):
    tell(line(0, "merged", gone="bob"), line(1, "merged", gone="bob"), line(2, "merged", "bob", gone="ann"))
    assert Event.objects.filter(name="contact.merged").count() == 1


def test_what_both_read_and_wrote_is_one_problem_of_one_person(outbox):
    """As two it was an article that helped and a question straight to the team."""
    told = [
        line(0, "article_viewed", "bob", article="A"),
        chat(20, "ann", "c1"),
        line(32, "human_replied", "ann", "c1", agent="g1"),
        line(50, "closed", "ann", "c1", agent="g1"),
    ]
    tell(*told, line(55, "merged", gone="bob"))
    [session] = read_history(now=LATER).sessions
    assert session.path == (
        "on_their_own",
        "articles",
        "team_after_self_service",
        "resolved_after_self_service",
    )


def test_a_transfer_moves_the_ticket_to_a_department_that_is_made_if_need_be(outbox):
    started = chat(0, "ann", "c1", department="support")
    tell(started, line(1, "transferred", "ann", "c1", department="billing", agent="g1"))
    ticket = Ticket.objects.get()
    assert ticket.department.name == "billing"
    [conversation] = read_history(now=LATER).conversations
    assert conversation.department == ticket.department_id


def test_tags_are_given_and_taken_one_or_several(outbox):
    tell(
        chat(0, "ann", "c1"),
        line(1, "tagged", "ann", "c1", value="Refund"),
        line(2, "tagged", "ann", "c1", value=["vip", "late"]),
        line(3, "untagged", "ann", "c1", value="vip"),
    )
    assert Ticket.objects.get().tags == ["refund", "late"]


@pytest.mark.parametrize("name", ["until", "value"])
def test_a_snooze_ends_when_the_line_says(name, outbox):
    tell(chat(0, "ann", "c1"), line(1, "snoozed", "ann", "c1", **{name: "2026-01-13T09:00:00+01:00"}))
    assert Ticket.objects.get().snoozed_until.isoformat() == "2026-01-13T08:00:00+00:00"


def test_what_the_bot_began_and_was_queued_waits_for_the_team(outbox):
    tell(chat(0, "ann", "c1"), line(0, "bot_asked", "ann", "c1"), line(5, "queued", "ann", "c1"))
    assert Ticket.objects.get().queued_at.isoformat() == "2026-01-12T09:05:00+00:00"


def test_a_tag_before_the_bot_s_line_does_not_put_the_conversation_into_the_queue(outbox):
    tell(chat(0, "ann", "c1"), line(0, "tagged", "ann", "c1", value="x"), line(0, "bot_asked", "ann", "c1"))
    assert Ticket.objects.get().queued_at is None


@pytest.mark.parametrize(
    ("kind", "name", "kept"),
    [
        ("proactive_delivered", "proactive.delivered", {"message": "m1"}),
        ("proactive_bounced", "proactive.bounced", {"message": "m1"}),
        ("proactive_clicked", "proactive.clicked", {"message": "m1"}),
        ("proactive_replied", "proactive.replied", {"message": "m1"}),
        ("goal_met", "goal.met", {"goal": "paid", "message": "m1"}),
        ("exposed", "experiment.exposed", {"experiment": "frt-2026-q1", "arm": "treatment"}),
    ],
)
def test_what_the_report_has_no_use_for_is_written_down_and_counts_nothing(kind, name, kept, outbox):
    tell(line(0, kind, **kept))
    [fact] = Event.objects.all()
    assert (fact.name, fact.visitor, fact.data) == (name, visitor_of("ann"), kept)
    history = read_history(now=LATER)
    assert not (history.sessions or history.conversations or history.sendings)


def test_the_seconds_a_teammate_had_it_before_them_are_kept(outbox):
    tell(chat(0, "ann", "c1"), line(9, "handled", "ann", "c1", agent="g1", value=340))
    fact = Event.objects.get(name="ticket.handled")
    assert (fact.value, fact.actor_kind, fact.ticket) == (340, "agent", Ticket.objects.get())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            line(1, "merged", "ann", "c1", into="c2"),
            r"Line 3 \(merged\): this merges people; conversations are merged by",
        ),
        (line(1, "merged"), "it must name a second person"),
        (line(1, "merged", into="ann"), "it must name a second person"),
        (line(1, "transferred", "ann", "c1"), "it lacks 'department'"),
        (line(1, "snoozed", "ann", "c1", until="2026-01-01T00:00:00+01:00"), "moment in the future"),
        (line(1, "snoozed", "ann", "c1", until="2026-01-13T09:00:00"), "has no offset from UTC"),
        (line(1, "handled", "ann", "c1", value="long"), "invalid literal"),
    ],
)
def test_a_line_that_can_not_be_told_says_why(wrong, sentence, outbox):
    with pytest.raises(CannotReplay, match=sentence):
        tell(chat(0, "ann", "c1"), wrong)
    assert not Event.objects.exists()


def test_every_kind_that_a_history_may_name_is_known():
    listed = [
        "article_viewed", "article_voted", "searched", "bot_asked", "bot_answered", "bot_closed", "handed_over",
        "conversation_started", "queued", "human_replied", "closed", "reopened", "rated", "transferred", "snoozed",
        "spam_marked", "spam_unmarked", "merged", "proactive_sent", "proactive_delivered", "proactive_bounced",
        "proactive_opened", "proactive_clicked", "proactive_replied", "goal_met", "exposed", "handled",
    ]  # fmt: skip
    assert not set(listed) - set(MEANING)
