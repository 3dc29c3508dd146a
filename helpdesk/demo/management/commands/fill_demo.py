from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from helpdesk.demo.filling import fill_demo


class Command(BaseCommand):
    help = "Fill an empty helpdesk with a demo shop and a year of history. Does nothing the second time."

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("The demo logins are known to everybody: set DEMO=1 and DEBUG=1 to have them.")
        self.stdout.write(fill_demo())
