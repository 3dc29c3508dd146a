"""A small round of bench/inbound.py: a whole helpdesk and a Dovecot, whose programs are killed while mail comes and goes."""

import subprocess
import sys

import pytest

from helpdesk.supervisor.folder import PROJECT

pytestmark = pytest.mark.long
MAILS, KILLS = 60, 6


def test_each_mail_is_there_once_and_every_answer_arrives_whatever_is_killed(tmp_path):
    command = [sys.executable, "bench/inbound.py", "--mails", str(MAILS), "--kills", str(KILLS)]
    done = subprocess.run(
        [*command, "--corpus", str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, timeout=600
    )
    print(done.stdout, done.stderr)  # with the seed, for whoever has to run it again
    assert done.stdout.count("kill -9 ") == KILLS
    assert done.returncode == 0
