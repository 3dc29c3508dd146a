"""`manage.py up` as its user sees it: the real programs, started, hurt and stopped."""

import os
import signal
import socket
import urllib.request
from contextlib import suppress

import psutil
import psycopg
import pytest

from helpdesk.supervisor.ports import free_port
from tests.helpdesk.supervisor.conftest import eventually, family, lives, wait_until_gone

pytestmark = pytest.mark.long
PROGRAMS = ("uvicorn", "worker", "beat", "mail_door")


@pytest.fixture
def doors():
    """Free ports for one start."""
    return {"--port": free_port(), "--smtp-port": free_port()}


@pytest.fixture
def start(run, doors):
    """Start `up` without the demo; gives the process once it has said that it is ready."""

    def start():
        options = [str(part) for door in doors.items() for part in door]
        process = run(
            "manage.py", "up", "--no-demo", *options, env={"LOG_LEVEL": "INFO", "WEB_CONCURRENCY": "2"}
        )
        read_until(process, f"ready http://127.0.0.1:{doors['--port']}/\n")
        return process

    return start


def read_until(up, words):
    """Read what it says up to a line with these words."""
    while words not in (line := up.stdout.readline()):
        assert line, up.stderr.read()


def program(up, word):
    """The process of `up` with this word in its command line, if it lives."""
    for process in family(up.pid)[1:]:
        try:
            if lives(process) and word in " ".join(process.cmdline()):
                return process
        except psutil.NoSuchProcess:
            continue
    return None


def answering(up):
    """The processes of the site that answer requests: pids."""
    found = set()
    for process in program(up, "uvicorn").children():
        with suppress(psutil.NoSuchProcess):  # or a zombie
            if lives(process) and "spawn_main" in " ".join(process.cmdline()):
                found.add(process.pid)
    return found


def site_answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def database_of(folder):
    return folder.read_note()["env"]["DATABASE_URL"]


def test_a_day_in_the_life_of_up(start, run, doors, folder):
    """One start for many questions: a start takes some ten seconds."""
    up = start()
    assert site_answers(doors["--port"])
    assert all(program(up, word) for word in PROGRAMS)

    # A command beside it finds the same servers.
    with psycopg.connect(database_of(folder), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    beside = run("manage.py", "shell", "-v", "0", "-c", QUESTION)
    assert beside.communicate(timeout=60)[0].strip() == "7"

    # A second `up` on the same data is refused.
    second = run("manage.py", "up", "--port", str(free_port()), "--smtp-port", str(free_port()))
    _, refusal = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"is in use by http://127.0.0.1:{doors['--port']}" in refusal
    assert "--data" in refusal

    # Whatever is killed comes back, and a line says so.
    for name, word in {"web": "uvicorn", "postgres": "postgres -D", "valkey": "valkey-server"}.items():
        victim = program(up, word)
        victim.kill()
        read_until(up, f"{name} was killed by signal 9; starting it again")
        eventually(lambda: (found := program(up, word)) and found != victim)  # noqa: B023
    eventually(lambda: site_answers(doors["--port"]))

    # One of the two that answer is killed: the other goes on, and there are two again.
    eventually(lambda: len(answering(up)) == 2)
    killed = answering(up).pop()
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: site_answers(doors["--port"]))
    # Their parent may just have asked it for a sign of life, and waits twenty seconds for that.
    eventually(lambda: len(answering(up) - {killed}) == 2, seconds=90)
    log = folder.root / "log" / "web.log"
    eventually(lambda: all(f"web process {pid} answers" in log.read_text() for pid in answering(up)))

    # It stops with everybody: within ten seconds, on a machine that has nothing else to do.
    everybody = family(up.pid)
    up.send_signal(signal.SIGTERM)
    output, _ = up.communicate(timeout=40)
    assert up.returncode == 0
    wait_until_gone(everybody)

    # The next start keeps the data; killed outright, it takes everybody along too.
    up = start()
    with psycopg.connect(database_of(folder)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    everybody = family(up.pid)
    up.kill()
    wait_until_gone(everybody)


QUESTION = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT number FROM kept")
    print(cursor.fetchone()[0])
"""


@pytest.mark.parametrize("option", ["--port", "--smtp-port", "--sink-port"])
def test_a_taken_port_is_named_with_the_way_out_before_anything_starts(run, folder, doors, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = {"--sink-port": free_port()} | doors | {option: port}
        up = run("manage.py", "up", *(str(part) for pair in options.items() for part in pair))
        output, refusal = up.communicate(timeout=30)
    assert up.returncode == 1
    assert refusal == (
        f"Port {port} is already in use: stop the program that listens there, "
        f"or choose another port with {option} NUMBER.\n"
    )
    assert output == ""
    assert sorted(os.listdir(folder.root)) == ["log", "owner.lock"]


def test_ctrl_c_during_the_first_start_leaves_nobody_behind(run, folder, doors):
    options = [str(part) for door in doors.items() for part in door]
    up = run("manage.py", "up", "--no-demo", *options)
    eventually((folder.root / "postgres" / "postmaster.pid").exists)
    everybody = family(up.pid)
    up.send_signal(signal.SIGINT)
    up.communicate(timeout=40)
    assert up.returncode == 0
    wait_until_gone(everybody)
