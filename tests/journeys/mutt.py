"""A customer's mail program: mutt, as a person at a keyboard drives it."""

import os
import pty
import select
import shlex
import subprocess
import time
from pathlib import Path

SECONDS = 30.0
RC = """
set from="{address}" realname="{name}" hostname="customer.example" use_envelope_from=yes
set editor="{folder}/editor" smtp_url="smtp://127.0.0.1:{port}" ssl_starttls=no ssl_force_tls=no
set folder="{folder}" spoolfile="{folder}/mbox" record="" postponed="{folder}/postponed" tmpdir="{folder}"
set include=yes fast_reply=yes reply_to=yes quit=yes wait_key=no beep=no
push "{keys}"
"""
EDITOR = """#!/bin/sh
{{ printf '%s\\n\\n' {words}; cat "$1"; }} > "$1.new"
mv "$1.new" "$1"
"""


class Mutt:
    """Somebody's mailbox in a folder, and the program over it; what it sends goes to the door at `port`."""

    def __init__(self, folder: Path, *, port: int, address: str, name: str) -> None:
        self.folder, self.port, self.address, self.name = folder, port, address, name

    def write(self, to: str, subject: str, words: str) -> None:
        """A new mail."""
        self.set_up("", keys="")
        self.run_with(words, "mutt", "-n", "-F", self.folder / "rc", "-s", subject, to)

    def answer(self, mail: bytes, words: str) -> None:
        """Open the mailbox with this one mail in it, `r`eply with the words above the quoted mail, send, quit."""
        (self.folder / "mbox").write_bytes(
            b"From helpdesk Sun Nov 22 08:00:00 2026\n" + mail.replace(b"\r\n", b"\n") + b"\n"
        )
        self.set_up(words, keys="ryq")
        self.at_a_terminal("mutt", "-n", "-F", self.folder / "rc", "-f", self.folder / "mbox")

    def set_up(self, words: str, *, keys: str) -> None:
        editor = self.folder / "editor"
        editor.write_text(EDITOR.format(words=shlex.quote(words)))
        editor.chmod(0o755)
        values = {"address": self.address, "name": self.name, "folder": self.folder, "port": self.port}
        (self.folder / "rc").write_text(RC.format(keys=keys, **values))

    def run_with(self, words: str, *command: str | Path) -> None:
        done = subprocess.run(command, input=words, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0, done.stdout + done.stderr

    def at_a_terminal(self, *command: str | Path) -> None:
        ours, its = pty.openpty()
        env = os.environ | {"TERM": "xterm", "HOME": str(self.folder), "LINES": "30", "COLUMNS": "100"}
        program = subprocess.Popen(
            command, stdin=its, stdout=its, stderr=its, env=env, start_new_session=True
        )
        os.close(its)
        try:
            shown = read_all(ours)
            assert program.wait(timeout=SECONDS) == 0, shown
        finally:
            program.kill()
            program.wait()
            os.close(ours)


def read_all(terminal: int) -> str:
    """What it showed until it ended, or until the time was up."""
    shown, deadline = b"", time.monotonic() + SECONDS
    while select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        try:
            shown += os.read(terminal, 65_536)
        except OSError:  # the program is gone, and its terminal with it
            break
    return shown.decode(errors="replace")
