"""CI takes a skipped test for a failure."""

import subprocess
import sys

import pytest

TESTS = {
    "skipped": ("import pytest\n@pytest.mark.skip\ndef test_one(): pass\ndef test_two(): pass\n", 1),
    "passed": ("def test_one(): pass\n", 0),
    "none": ("", 5),
}


@pytest.mark.parametrize("case", TESTS)
def test_ci_ends_green_only_when_every_test_was_executed(tmp_path, case):
    source, exit_code = TESTS[case]
    (tmp_path / "test_case.py").write_text(source)
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.no_skips",
        "-p",
        "no:django",
        "--rootdir",
        tmp_path,
    ]
    done = subprocess.run([*command, "-c", tmp_path / "pytest.ini", tmp_path], capture_output=True, text=True)
    assert done.returncode == exit_code, done.stdout + done.stderr
