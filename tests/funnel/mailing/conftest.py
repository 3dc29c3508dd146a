"""The golden January, whose report is mailed."""

from email.message import EmailMessage

import pytest

from funnel.replay import replay
from tests import factories
from tests.funnel.histories import GOLDEN
from tests.funnel.mailing.january import JANUARY_OVER, monthly, parsed, run_due


@pytest.fixture
def january(outbox, settings):
    """The golden January, with a worker that does each job when it is queued."""
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    settings.JOBS_INLINE = True


@pytest.fixture
def lea():
    return factories.make_agent("Lea")


@pytest.fixture
def sent(january, lea, smtp_sink, django_capture_on_commit_callbacks):
    """sent(language="it"): the mail of January as the server got it."""

    def send(**fields) -> EmailMessage:
        monthly(lea, **fields)
        run_due(django_capture_on_commit_callbacks, JANUARY_OVER)
        return parsed(smtp_sink.envelopes[-1])

    return send
