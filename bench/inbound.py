"""Every mail of a folder through the SMTP door, counted at the end: each accepted mail is stored exactly once.

    .venv/bin/python bench/inbound.py [--corpus DIR] [--kill]

The sender behaves as a mail server does: it tries again until it sees a 250. With --kill, the web server, the worker and
PostgreSQL are killed by kill -9 three times on the way; a mail that was stored without its 250 being seen then comes again,
and its second row must say `duplicate`. Exit code 0 when every count agrees.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock, Thread

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.stand import ROOT, Stand, stand, use_django

CORPUS = ROOT.parent / "shared" / "corpus"
FOLDERS = ("mail-parse/raw", "mail-class/raw")
CLIENTS = 4
TRIES = 200
SETTLED_WITHIN = 300  # seconds after the last mail
KILLS = 3


class Sender:
    """Sends mails one by one, each until it is accepted, and remembers what was."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.accepted: list[str] = []  # digests, one for each 250 seen
        self.tries = 0
        self.lock = Lock()

    def send(self, content: bytes) -> None:
        for _ in range(TRIES):
            with self.lock:
                self.tries += 1
            if self.try_once(content):
                with self.lock:
                    self.accepted.append(hashlib.sha256(content).hexdigest())
                return
            time.sleep(0.5)
        raise SystemExit("A mail was not accepted in many tries.")

    def try_once(self, content: bytes) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
                client.sendmail("bench@sender.example", ["support@example.com"], content)
            return True
        except smtplib.SMTPServerDisconnected as error:
            # the door hung up after its 250: smtplib tells it the same way as before it
            return "after accept" in str(error)
        except (smtplib.SMTPException, OSError):
            return False


def as_sent(raw: bytes) -> bytes:
    """The bytes as a mail server sends them: every line end CR LF, the last one included."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--corpus", type=Path, default=CORPUS)
    options.add_argument("--kill", action="store_true", help="kill -9 web, worker and PostgreSQL three times")
    chosen = options.parse_args()
    mails = [
        as_sent(path.read_bytes())
        for folder in FOLDERS
        for path in sorted((chosen.corpus / folder).iterdir())
    ]
    if not mails:
        raise SystemExit(f"No mails in {chosen.corpus}.")
    with stand() as running:
        use_django(running)
        sys.exit(run(running, mails, kill=chosen.kill))


def run(running: Stand, mails: list[bytes], *, kill: bool) -> int:
    from helpdesk.inboxes.models import Inbox  # noqa: PLC0415  Django is set up by now

    Inbox.objects.create(name="Support", kind="email", address="support@example.com")
    sender = Sender(running.smtp_port)
    begun = time.monotonic()
    killer = Thread(target=kill_on_the_way, args=(running, sender, len(mails)), daemon=True)
    if kill:
        killer.start()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(sender.send, mails))
    if kill:
        killer.join()
    accepted = time.monotonic() - begun
    report = wait_until_settled(running)
    return compare(mails, sender, report, accepted=accepted, settled=time.monotonic() - begun, kill=kill)


def kill_on_the_way(running: Stand, sender: Sender, total: int) -> None:
    for number in range(1, KILLS + 1):
        while len(sender.accepted) < total * number // (KILLS + 1):
            time.sleep(0.02)
        for program, pids in victims(running).items():
            print(f"kill -9 {program} {pids} after {len(sender.accepted)} mails", flush=True)
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def victims(running: Stand) -> dict[str, list[int]]:
    """The processes of this very stand, nobody else's: known by its data folder."""
    ours: dict[str, list[int]] = {"web": [], "worker": []}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            pairs = dict(p.split(b"=", 1) for p in (path / "environ").read_bytes().split(b"\0") if b"=" in p)
            name = pairs.get(b"HELPDESK_PROCESS", b"").decode().removeprefix("helpdesk-")
            if name in ours and pairs.get(b"HELPDESK_DATA") == str(running.folder).encode():
                ours[name].append(int(path.name))
    notes = list(running.folder.rglob("postmaster.pid"))
    return ours | {"postgres": [int(note.read_text().splitlines()[0]) for note in notes]}


def wait_until_settled(running: Stand) -> dict:
    """The report of the operator's own command, once nothing is pending."""
    end = time.monotonic() + SETTLED_WITHIN
    report: dict = {"pending": -1}
    while report["pending"] and time.monotonic() < end:
        time.sleep(1)
        done = subprocess.run(
            [sys.executable, "manage.py", "inbound_report"],
            cwd=ROOT,
            env=running.env,
            capture_output=True,
            text=True,
        )
        report = json.loads(done.stdout) if done.returncode == 0 else report
    return report


def compare(
    mails: list[bytes], sender: Sender, report: dict, *, accepted: float, settled: float, kill: bool
) -> int:
    """Print the table; 1 when a count disagrees."""
    from django.db import connection  # noqa: PLC0415

    from helpdesk.inboxes.models import RawMessage  # noqa: PLC0415
    from helpdesk.tickets.models import Message  # noqa: PLC0415

    connection.close()  # ours died with the database
    sent = Counter(hashlib.sha256(one).hexdigest() for one in mails)
    rows: dict[str, list[str]] = {}
    for digest, outcome in RawMessage.objects.order_by("pk").values_list("digest", "outcome"):
        rows.setdefault(digest, []).append(outcome)
    outcomes = {name: report.get(name, 0) for name in RawMessage.Outcome.values}
    on_tickets = outcomes["created"] + outcomes["appended"]
    missing = [digest for digest, times in sent.items() if len(rows.get(digest, [])) < times]
    extra = sum(len(found) - sent[digest] for digest, found in rows.items() if digest in sent)
    doubled = [d for d, found in rows.items() if sum(outcome != "duplicate" for outcome in found) > 1]
    checks = {
        "every mail accepted with a 250": Counter(sender.accepted) == sent,
        "every accepted mail is stored": not missing,
        "nothing stored that was not sent": set(rows) <= set(sent),
        "each mail counted once, copies are duplicates": not doubled,
        "no copy but those sent again unseen": extra == 0 or (kill and extra <= sender.tries - len(mails)),
        "nothing pending": outcomes["pending"] == 0,
        "the report's sums agree": report.get("received")
        == sum(outcomes.values())
        == sum(map(len, rows.values())),
        "as many messages as mails on tickets": Message.objects.count() == on_tickets,
    }
    print(
        f"\n{len(mails)} mails ({len(sent)} different), {sender.tries} tries, {'with' if kill else 'without'} kill -9"
    )
    print(f"all accepted after {accepted:.1f} s, all handled after {settled:.1f} s")
    for name, number in outcomes.items():
        print(f"  {name:<12}{number:>5}")
    print(
        f"  {'received':<12}{report.get('received', 0):>5}   stored again because the 250 was not seen: {extra}"
    )
    for what, holds in checks.items():
        print(f"  {'ok ' if holds else 'NOT'} {what}")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    main()
