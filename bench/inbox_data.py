"""A year of tickets for the desk: python -m bench.inbox_data --tickets 1000000

Writes tickets, three messages each, contacts, agents and departments into the helpdesk of HELPDESK_DATA (default var), with a
progress bar. Only into a desk without any. The first agent is agent1@bench.test, password measure-me-2024.
"""

import argparse
import os

import django

from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.lending import lent_servers


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tickets", type=int, default=1_000_000, help="a multiple of ten")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    with lent_servers(DataFolder.chosen(), needs_tables=True):
        django.setup()
        from bench.inbox_year import fill_inbox  # noqa: PLC0415  needs the Django just set up

        print(f"{options.tickets:,} tickets: {fill_inbox(options.tickets):.0f} s")


if __name__ == "__main__":
    main()
