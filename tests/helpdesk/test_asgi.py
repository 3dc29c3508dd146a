"""What the web process is like once it has started."""

import gc

from helpdesk import asgi


def test_the_collector_looks_at_nothing_that_the_program_itself_is_made_of():
    """Each full pass over it would hold up every open socket."""
    assert asgi.application
    assert gc.isenabled()
    assert gc.get_freeze_count() > 100_000
    assert gc.get_threshold()[0] > 2_000
