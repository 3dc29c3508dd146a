"""The worker is killed while it hands answers over: every answer leaves, and none twice but under its one Message-ID."""

import os
import re
import signal
from collections import Counter
from pathlib import Path

from helpdesk import clock
from helpdesk.demo.models import SentMail
from helpdesk.demo.sink import read_mail
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.supervisor.child import Child
from helpdesk.tickets.models import Message
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent, make_inbox, make_ticket
from tests.journeys.outage import bring_back, eventually, held_still, kill

ANSWERS = 90


def write_answers(worker: Child) -> set[str]:
    """Ninety tickets with one answer each, all waiting when the worker begins; the Message-IDs their mails must carry."""
    inbox, agent = make_inbox(address="support@example.com"), by(make_agent())
    tickets = [make_ticket(inbox, email=f"c{number}@customer.example") for number in range(ANSWERS)]
    with held_still(worker):
        return {reply(ticket, "It is on its way.", by=agent).external_id for ticket in tickets}


def kept() -> Counter[str]:
    """How often the mail server took each Message-ID."""
    mails = (read_mail(raw) for raw in SentMail.objects.values_list("raw", flat=True))
    return Counter(str(mail["Message-ID"]).strip("<>") for mail in mails)


def on_the_way() -> set[str]:
    """What the dead worker had begun to hand over and nobody knows the outcome of."""
    return set(Message.objects.filter(state="sending").values_list("external_id", flat=True))


def let_leases_end() -> None:
    """As if the five minutes had passed after which a dead worker's answers are taken up again."""
    Message.objects.filter(state="sending").update(next_attempt_at=clock.now())


def test_a_worker_killed_while_it_delivers_loses_no_answer_and_doubles_none(site):
    worker = site.programs["worker"]
    expected = write_answers(worker)
    doubtful: set[str] = set()
    for share in (1, 2):
        eventually(lambda share=share: SentMail.objects.count() >= ANSWERS * share // 4)
        begun = len(re.findall(r" ready\.", worker.log.read_text()))
        kill(worker)
        assert Message.objects.filter(state="queued").exists(), "killed too late: nothing was left to send"
        doubtful |= on_the_way()
        let_leases_end()
        bring_back(worker, lambda begun=begun: len(re.findall(r" ready\.", worker.log.read_text())) > begun)
    eventually(lambda: Message.objects.filter(state="sent").count() == ANSWERS, seconds=120)

    times = kept()
    assert set(times) == expected
    assert {one for one, count in times.items() if count > 1} <= doubtful
    assert max(times.values()) <= 2
    said_sent = Event.objects.filter(name=names.MESSAGE_SENT).values_list("ticket", flat=True)
    assert sorted(said_sent) == sorted(
        Message.objects.filter(kind="outgoing").values_list("ticket", flat=True)
    )


def test_a_pool_process_that_is_killed_costs_no_answer(site):
    expected = write_answers(site.programs["worker"])
    eventually(lambda: SentMail.objects.count() >= ANSWERS // 4)
    main = site.programs["worker"].pid
    pool = [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]
    for pid in pool:
        os.kill(pid, signal.SIGKILL)
    assert pool
    eventually(lambda: Message.objects.exclude(state="sent").filter(kind="outgoing").count() <= len(pool))
    let_leases_end()
    eventually(lambda: Message.objects.filter(state="sent").count() == ANSWERS)
    assert set(kept()) == expected
    assert sum(kept().values()) <= ANSWERS + len(pool)
