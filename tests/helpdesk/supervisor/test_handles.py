"""The web process may hold as many sockets as the system lets it."""

import resource
import subprocess
import sys

CODE = "from helpdesk.supervisor.handles import allow_many_handles; print(allow_many_handles())"


def test_a_low_limit_is_raised_to_what_the_system_allows():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 4_096 if hard == resource.RLIM_INFINITY else min(hard, 4_096)
    told = subprocess.run(
        [sys.executable, "-c", CODE],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, most)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(told.stdout) == most
