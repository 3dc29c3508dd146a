from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.api.models import create_token
from helpdesk.people.models import User


class Command(BaseCommand):
    help = "Print a new API token that acts for this member of the team. It can't be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="what the token is for")

    def handle(self, *args: object, **options: object) -> None:
        user = User.objects.filter(email__iexact=str(options["email"]), is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active member of the team with the address {options['email']}.")
        self.stdout.write(create_token(user, name=str(options["name"])))
