import json
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from helpdesk.inboxes.report import inbound_report


class Command(BaseCommand):
    help = "Print, as JSON, how many messages came in through the doors and what became of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", default="", help="ISO 8601 moment; without a zone it is UTC")

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(json.dumps(inbound_report(moment_of(str(options["since"]))), indent=1))


def moment_of(text: str) -> datetime | None:
    if not text:
        return None
    moment = parse_datetime(text if "T" in text or " " in text else f"{text}T00:00:00")
    if moment is None:
        raise CommandError(f"Not an ISO 8601 moment: {text}")
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=timezone.get_default_timezone())
