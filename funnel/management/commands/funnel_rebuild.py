import sys
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from funnel.models import Edition, SupportConversation, SupportSession
from funnel.tallies.building import PEOPLE
from funnel.tallies.editions import start_edition
from funnel.tallies.refresh import refresh
from helpdesk import clock

WIDTH = 30  # characters of the bar
STRETCH = 5.0  # seconds of building, after which the current report is brought up to date again


class Command(BaseCommand):
    help = "Reckons the funnel report anew from the first record on; readers see the old one until it is complete."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            action="store_true",
            help="only count the days again, from the sessions and conversations as they are stored",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began, bar = monotonic(), Bar()
        edition = start_edition(reason="asked", keeps_facts=options["days"])
        while Edition.objects.filter(pk=edition.pk, state=Edition.State.BUILDING).exists():
            refresh(clock.now(), build_for=STRETCH, wait=True, on_step=bar.show)
        bar.end()
        edition = Edition.objects.filter(pk=edition.pk).first()
        if edition is None or edition.finished_at is None:
            raise CommandError("Another rebuild was begun meanwhile and goes on in the place of this one.")
        rows = {"edition": edition.facts_id}
        self.stdout.write(
            f"{SupportSession.objects.filter(**rows).count()} sessions and "
            f"{SupportConversation.objects.filter(**rows).count()} conversations counted "
            f"in {monotonic() - began:.1f} s"
        )


class Bar:
    """How far it is, on one line of standard error."""

    def show(self, what: str, done: int, of: int) -> None:
        """`what` is people or days. Of the days still unknown while people are read, only a guess is in `of`."""
        full = WIDTH * done // max(of, 1)
        word = "reading people" if what == PEOPLE else "counting days"
        sys.stderr.write(f"\r{word:14} [{'#' * full:{WIDTH}}] {done}/{of} ")
        sys.stderr.flush()

    def end(self) -> None:
        sys.stderr.write("\n")
