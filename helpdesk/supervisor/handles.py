"""How many files and sockets our programs may hold open: each open widget is one in the web process."""

import resource

ENOUGH = 65_536  # some programs walk through all that are allowed when they start


def allow_many_handles() -> int:
    """Raise this process's limit as far as the system lets it, for itself and all that it starts; what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
