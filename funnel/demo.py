"""The report of the demo, right from its first moment on."""

from funnel.invest.finding import find_due_signals
from funnel.tallies.refresh import reckon_anew
from helpdesk import clock


def reckon() -> None:
    """After all that the demo's year holds was written to the ledger: its figures, and where to invest next."""
    reckon_anew()
    find_due_signals(clock.now())
