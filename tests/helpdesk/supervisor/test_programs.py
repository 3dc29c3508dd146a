"""How many processes answer requests."""

import os

import pytest

from helpdesk.supervisor.programs import MOST_WEB_PROCESSES, web_processes


def test_there_is_one_for_each_core_up_to_a_bound(monkeypatch):
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    for cores, processes in ((1, 1), (2, 2), (64, MOST_WEB_PROCESSES)):
        monkeypatch.setattr(
            os, "sched_getaffinity", lambda _pid, cores=cores: set(range(cores)), raising=False
        )
        assert web_processes() == processes


@pytest.mark.parametrize(("said", "processes"), [("1", 1), ("7", 7), ("0", 1)])
def test_the_operator_says_how_many(monkeypatch, said, processes):
    monkeypatch.setenv("WEB_CONCURRENCY", said)
    assert web_processes() == processes


def test_what_is_no_number_is_refused_before_anything_starts(run, folder):
    up = run("manage.py", "up", env={"WEB_CONCURRENCY": "many"})
    output, refusal = up.communicate(timeout=30)
    assert (up.returncode, output) == (1, "")
    assert refusal == "WEB_CONCURRENCY must be a whole number, not 'many'.\n"
    assert not (folder.root / "owner.lock").exists()
