"""The numbers beside the piles are those of the tickets in them, whatever was done and by whom."""

import contextlib
import random
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from helpdesk import clock
from helpdesk.desk.counting import count_piles
from helpdesk.desk.piles import FIXED, channel_pile, department_pile
from helpdesk.errors import HelpdeskError
from helpdesk.people.models import User
from helpdesk.tickets import actions, merging, trash, undoing
from helpdesk.tickets.models import PileCount, Ticket
from helpdesk.tickets.pile_counts import fold_counts, repair_counts
from helpdesk.tickets.splitting import split_ticket
from helpdesk.tickets.writing import add_note, reply
from tests.factories import (
    by,
    customer_writes,
    make_admin,
    make_agent,
    make_department,
    make_inbox,
    make_ticket,
)

KEPT = ("mine", "mentions", "unassigned", "open", "waiting", "snoozed")


class Desk:
    """Two departments, one of them closed to Otto, and all who look at their numbers."""

    def __init__(self):
        self.mia, self.otto, self.ada = make_agent("Mia"), make_agent("Otto"), make_admin()
        self.open = make_department("Support")
        self.closed = make_department("Legal", is_restricted=True, members=(self.mia,))
        self.inboxes = [make_inbox(department=self.open), make_inbox(department=self.closed), make_inbox()]

    def agents(self):
        return [User.objects.get(pk=user.pk) for user in (self.mia, self.otto, self.ada)]

    def piles(self):
        found = [pile for pile in FIXED if pile.key in KEPT]
        return [*found, department_pile(self.open), department_pile(self.closed), channel_pile("email")]

    def differences(self):
        """Piles whose number is not that of their tickets, for every agent."""
        wrong = []
        for user in self.agents():
            counted = count_piles(self.piles(), user)
            truth = {pile.key: pile.tickets(user).count() for pile in self.piles()}
            wrong += [(str(user), key, counted[key], n) for key, n in truth.items() if counted[key] != n]
        return wrong


@pytest.fixture
def desk(db):
    return Desk()


class Deeds:
    """Everything that moves tickets between piles, as the verbs do it, on tickets drawn by lot."""

    def __init__(self, desk, seed):
        self.desk, self.rnd, self.by = desk, random.Random(seed), by(desk.ada)

    def one(self):
        return self.rnd.choice(Ticket.objects.order_by("pk"))

    def write(self):
        email = f"c{self.rnd.randrange(6)}@customer.example"
        customer_writes(self.rnd.choice(self.desk.inboxes), "Hello", email=email)

    def assign(self):
        assign_to = self.rnd.choice([None, self.desk.mia, self.desk.otto])
        actions.assign_ticket(self.one(), to=assign_to, by=self.by)

    def transfer(self):
        to = self.rnd.choice([self.desk.open, self.desk.closed])
        actions.transfer_ticket(self.one(), to=to, by=self.by)

    def snooze(self):
        actions.snooze_ticket(self.one(), until=clock.now() + timedelta(hours=2), by=self.by)

    def note(self):
        who = self.rnd.choice([self.desk.mia, self.desk.otto])
        add_note(self.one(), "Look", by=self.by, mentions=[who])

    def answer(self):
        reply(self.one(), "It is here.", by=self.by)

    def merge(self):
        merging.merge_tickets(self.one(), self.one(), by=self.by)

    def unmerge(self):
        gone = Ticket.objects.exclude(merged_into=None).first()
        if gone:
            merging.unmerge_ticket(gone, by=self.by)

    def split(self):
        messages = list(self.one().messages.order_by("pk"))
        if len(messages) > 1:
            split_ticket(messages[1], by=self.by)

    def close_and_undo(self):
        ticket = self.one()
        before = undoing.standing_of(ticket)
        after = undoing.standing_of(actions.close_ticket(ticket, by=self.by))
        if self.rnd.random() < 0.5:
            undoing.put_back(ticket, before, after, by=self.by)

    def purge(self):
        gone = Ticket.objects.exclude(trashed_at=None).first()
        if gone:
            trash.purge_ticket(gone.pk)

    def plainly(self):
        """As a program does that uses no verb."""
        Ticket.objects.filter(pk__gt=self.one().pk).update(snoozed_until=None, department=self.desk.open)

    def deeds(self):
        simple = (
            *(actions.close_ticket, actions.reopen_ticket, actions.wake_ticket, actions.mark_spam),
            *(actions.unmark_spam, actions.trash_ticket, actions.restore_ticket),
        )
        return [
            *(lambda verb=verb: verb(self.one(), by=self.by) for verb in simple),
            *(
                self.write,
                self.write,
                self.assign,
                self.assign,
                self.transfer,
                self.snooze,
                self.note,
                self.note,
            ),
            *(
                self.answer,
                self.merge,
                self.unmerge,
                self.split,
                self.close_and_undo,
                self.purge,
                self.plainly,
            ),
            fold_counts,
        ]

    def do_one(self):
        """Also where a verb refuses: then it has changed nothing."""
        deed = self.rnd.choice(self.deeds())
        with contextlib.suppress(HelpdeskError), transaction.atomic():
            deed()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_numbers_are_right_whatever_is_done(desk, seed, outbox):
    deeds = Deeds(desk, seed)
    for inbox in desk.inboxes:
        customer_writes(inbox)
    for _ in range(12):
        for _ in range(5):
            deeds.do_one()
        assert desk.differences() == []
    assert repair_counts() == 0
    assert sum(count_piles(desk.piles(), desk.ada).values()) > 0


def test_what_is_taken_back_by_the_database_was_never_counted(desk):
    make_ticket(desk.inboxes[0])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_ticket(desk.inboxes[0], email="other@customer.example")
        assert count_piles(desk.piles(), desk.ada)["open"] == 2
        raise ZeroDivisionError
    assert count_piles(desk.piles(), desk.ada)["open"] == 1


def test_a_number_tells_nothing_of_a_department_that_is_closed_to_the_agent(desk):
    ticket = make_ticket(desk.inboxes[1])
    add_note(ticket, "Look", by=by(desk.ada), mentions=[desk.otto])
    assign_anyway = Ticket.objects.filter(pk=ticket.pk)
    assign_anyway.update(assignee=desk.otto)
    assert not any(count_piles(desk.piles(), desk.otto).values())
    assert count_piles(desk.piles(), desk.mia)["open"] == 1


def test_steps_are_folded_into_one_that_says_the_same(desk):
    for number in range(4):
        actions.close_ticket(make_ticket(desk.inboxes[0], email=f"c{number}@x.example"), by=by(desk.ada))
    make_ticket(desk.inboxes[0])
    before = count_piles(desk.piles(), desk.ada)
    fold_counts()
    assert count_piles(desk.piles(), desk.ada) == before
    assert PileCount.objects.count() == 4  # awake, unassigned, waiting, of the channel
    assert set(PileCount.objects.values_list("change", flat=True)) == {1}


def test_numbers_that_somebody_has_spoilt_are_put_right_by_a_command(desk, capsys):
    make_ticket(desk.inboxes[0])
    PileCount.objects.filter(pile="awake").delete()
    PileCount.objects.create(pile="agent", which=str(desk.mia.pk), department=desk.open.pk, change=3)
    assert desk.differences() != []
    call_command("recount_piles")
    call_command("recount_piles")
    assert desk.differences() == []
    assert "2 numbers were wrong" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_numbers_are_right_after_several_at_once_have_changed_the_same_tickets(outbox):
    desk = Desk()
    for number in range(4):
        make_ticket(desk.inboxes[0], email=f"c{number}@x.example")
    failed = []

    def work(seed):
        try:
            deeds, rnd = Deeds(desk, seed), random.Random(seed)
            for _ in range(15):
                few = [deeds.note, deeds.assign, deeds.close_and_undo, deeds.write, deeds.snooze, fold_counts]
                with contextlib.suppress(HelpdeskError):
                    rnd.choice(few)()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert desk.differences() == []
    assert repair_counts() == 0
