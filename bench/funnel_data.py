"""A year of sessions for the funnel: python -m bench.funnel_data --sessions 5000000 --months 12

Writes sessions and conversations, and counts them, into the helpdesk of HELPDESK_DATA (default var), with a progress
bar. Only into a desk without any: made-up sessions must not mix with a real report.
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
    parser.add_argument("--sessions", type=int, default=5_000_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--rows-only", action="store_true", help="do not count them")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    with lent_servers(DataFolder.chosen(), needs_tables=True):
        django.setup()
        from bench.funnel_year import count_year, write_year  # noqa: PLC0415  needs the Django just set up

        written = write_year(options.sessions, months=options.months)
        print(
            f"{written.sessions:,} sessions, {written.conversations:,} conversations: {written.seconds:.0f} s"
        )
        if not options.rows_only:
            print(f"counted: {count_year():.0f} s")


if __name__ == "__main__":
    main()
