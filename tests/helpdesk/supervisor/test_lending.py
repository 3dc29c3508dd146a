"""A command without `up` has its own servers for its own time, or shares those that run."""

import os
import signal

import psycopg
import pytest
from redis import Redis

from tests.helpdesk.supervisor.conftest import eventually, family, kill_all, wait_until_gone

pytestmark = pytest.mark.long

# What manage.py does around a command, with a command that waits to be told to end.
COMMAND = """
import os, sys
from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.lending import lent_servers

with lent_servers(DataFolder.chosen(), needs_tables=False):
    print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
    sys.stdin.readline()
"""


def start_command(run):
    command = run("-c", COMMAND)
    database, redis = command.stdout.readline().split()
    return command, database, redis


def test_a_command_starts_both_servers_and_stops_them(run, folder):
    command, database, redis = start_command(run)
    everybody = family(command.pid)
    with psycopg.connect(database) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    assert redis.startswith("redis://:")
    command.communicate("\n", timeout=30)
    assert command.returncode == 0
    wait_until_gone(everybody)
    assert not folder.note.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_command_that_is_broken_off_stops_its_servers_too(run, folder, number):
    command, _, _ = start_command(run)
    everybody = family(command.pid)
    command.send_signal(number)
    wait_until_gone(everybody)
    assert eventually(folder.lock)


def test_a_second_command_shares_the_servers_and_the_first_waits_for_it(run):
    first, database, _ = start_command(run)
    second, same_database, _ = start_command(run)
    assert same_database == database
    first.stdin.write("\n")
    first.stdin.close()
    assert "waiting for another command" in first.stderr.readline()
    psycopg.connect(database).close()
    second.communicate("\n", timeout=30)
    assert first.wait(timeout=30) == 0


def test_many_commands_at_once_all_get_servers(run):
    short = COMMAND.replace(
        "sys.stdin.readline()", "import psycopg; psycopg.connect(os.environ['DATABASE_URL']).close()"
    )
    commands = [run("-c", short) for _ in range(6)]
    assert [command.wait(timeout=60) for command in commands] == [0] * 6


def test_data_are_there_the_next_time(run):
    command, database, _ = start_command(run)
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    command.communicate("\n", timeout=30)

    _, database, _ = start_command(run)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@pytest.mark.parametrize("victims", ["everything", "all but the servers"])
def test_data_survive_when_also_the_leash_is_killed(run, victims):
    command, database, redis = start_command(run)
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with Redis.from_url(redis) as client:
        client.rpush("jobs", "one")
    everybody = family(command.pid)
    python = [process for process in everybody if "python" in process.name()]
    kill_all(everybody if victims == "everything" else python)
    command.wait()

    _, database, redis = start_command(run)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    with Redis.from_url(redis) as client:
        assert client.lrange("jobs", 0, -1) == [b"one"]
    wait_until_gone(everybody)


def test_secrets_are_for_their_owner_only(run, folder):
    command, _, _ = start_command(run)
    secret_files = [*(folder.root / "secrets").iterdir(), folder.note, folder.root / "valkey" / "valkey.conf"]
    assert {path.stat().st_mode & 0o777 for path in secret_files} == {0o600}
    command_lines = " ".join(" ".join(process.cmdline()) for process in family(command.pid))
    assert folder.secret("valkey-password") not in command_lines
    assert folder.secret("postgres-password") not in command_lines


def test_commands_without_data_start_nothing(run, folder):
    command = run("manage.py", "help")
    output, _ = command.communicate(timeout=30)
    assert command.returncode == 0
    assert "up" in output.split()
    assert not (folder.root / "postgres").exists()


def test_servers_that_the_operator_brings_are_left_alone(run, folder):
    given = {"DATABASE_URL": "postgresql://operator@127.0.0.1:1/own", "REDIS_URL": "redis://127.0.0.1:1/0"}
    program = (
        "import os; from helpdesk.supervisor.lending import servers_for\n"
        "with servers_for(['shell']): print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"
    )
    output, _ = run("-c", program, env=given).communicate(timeout=30)
    assert output.split() == list(given.values())
    assert os.listdir(folder.root) == ["log"]
