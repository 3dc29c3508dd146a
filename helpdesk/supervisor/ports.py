"""Loopback ports: which are taken, and one that is free."""

import os
import socket
from contextlib import closing
from itertools import cycle

# Below the range from which the kernel takes the ports of outgoing connections: a client that knocks while
# a server is being restarted could otherwise be given the server's own port, and keep it.
RANGE = range(20_000, 32_000)
# Each process walks them from a place of its own, far from its neighbours', so that nobody is told a port twice before
# what shall listen there has started.
STRIDE = 131
_start = os.getpid() * STRIDE % len(RANGE)
_walk = cycle((*RANGE[_start:], *RANGE[:_start]))


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return not answers("127.0.0.1" if host in {"", "0.0.0.0", "::"} else host, port)


def answers(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        with closing(socket.create_connection((host, port), timeout=1)):
            return True
    except OSError:
        return False


def free_port() -> int:
    """One that is free now, and another with each call."""
    while not is_free("127.0.0.1", port := next(_walk)):
        pass
    return port
