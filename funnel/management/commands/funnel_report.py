import json
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from funnel.replay_cast import kind_of_channel
from funnel.report.answers import answer, from_ledger
from funnel.report.asking import Question, department_model, scope_of, zone_of
from funnel.report.exports import describe
from funnel.report.period import Period
from funnel.tallies.cells import NO_DEPARTMENT
from funnel.tallies.editions import current_edition
from funnel.tallies.refresh import refresh_now


class Command(BaseCommand):
    help = "Prints the funnel report of a period as JSON; figures are unrounded, null where nothing can be divided."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="first day, 2026-01-01")
        parser.add_argument("--until", type=date.fromisoformat, required=True, help="last day, included")
        parser.add_argument("--now", type=moment, help="reckon as if it were this moment (ISO 8601)")
        parser.add_argument("--channel", default="", help="webchat, email, telegram ...")
        parser.add_argument(
            "--department", default="", help="its name or number; none for tickets outside all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["since"] > options["until"]:
            raise CommandError("--since comes after --until.")
        now = options["now"]
        if not now:
            refresh_now()
        edition = current_edition()
        period = Period(options["since"], options["until"], zone_of(edition))
        channel, department = kind_of_channel(options["channel"]), department_number(options["department"])
        scope = scope_of([channel] if channel else [], [department] if department else [])
        question = Question(period, period.previous(), scope, {}, edition)
        given = from_ledger(question, now=now) if now else answer(question)
        self.stdout.write(json.dumps({**describe(period, given), **given.figures}, indent=1))


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def department_number(text: str) -> str:
    """Its number, by its name or number; "none" stays."""
    if not text or text == NO_DEPARTMENT:
        return text
    departments = department_model().objects
    found = departments.filter(name__iexact=text).first()
    if found is None and text.isdigit():
        found = departments.filter(pk=int(text)).first()
    if found is None:
        raise CommandError(f"There is no department “{text}”.")
    return str(found.pk)
