"""The report of the demo, right from its first moment on."""

from funnel.tallies.refresh import reckon_anew


def reckon() -> None:
    """After all that the demo's year holds was written to the ledger."""
    reckon_anew()
