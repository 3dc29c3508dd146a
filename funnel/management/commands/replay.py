import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from funnel.replay import CannotReplay, replay
from funnel.tallies.refresh import reckon_anew


class Command(BaseCommand):
    help = "Records a history from a file into an empty database, through the same verbs as live use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="JSON lines; - reads them from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        try:
            if options["file"] == "-":
                count = replay(sys.stdin)
            else:
                with Path(options["file"]).open(encoding="utf-8") as lines:
                    count = replay(lines)
        except (CannotReplay, OSError) as error:
            raise CommandError(str(error)) from error
        reckon_anew()
        self.stdout.write(f"{count} lines told")
