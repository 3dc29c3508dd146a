"""What the web process is like once it has started."""

import gc

from helpdesk import asgi
from helpdesk.web import OneThread


def test_the_collector_looks_at_nothing_that_the_program_itself_is_made_of():
    """Each full pass over it would hold up every open socket."""
    assert asgi.application
    assert gc.isenabled()
    assert gc.get_freeze_count() > 100_000
    assert gc.get_threshold()[0] > 2_000


def test_pages_are_answered_by_one_thread_each():
    """Django's own way there costs a millisecond of every page."""
    assert isinstance(asgi.application.application_mapping["http"], OneThread)
