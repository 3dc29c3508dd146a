from django.core.management.base import BaseCommand

from helpdesk.tickets.pile_counts import fold_counts, repair_counts


class Command(BaseCommand):
    help = "Count anew how many tickets lie in each pile of the inbox, and put right what differs; also while people work."

    def handle(self, *args: object, **options: object) -> None:
        wrong = repair_counts()
        fold_counts()
        self.stdout.write(
            f"{wrong} numbers were wrong and are right now." if wrong else "All numbers are right."
        )
