#!/usr/bin/env python
"""The one door to every command. `up` runs the whole helpdesk; the others find or start the servers they need."""

import os
import sys

from django.core.management import execute_from_command_line

from helpdesk.supervisor import up
from helpdesk.supervisor.errors import CannotStart, StopAsked
from helpdesk.supervisor.lending import servers_for

TRY_AGAIN = 75  # EX_TEMPFAIL: a mail server that pipes to us keeps the mail and comes back


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    arguments = sys.argv[1:]
    if arguments[:1] == ["up"]:
        sys.exit(up.main(arguments[1:]))
    if arguments == ["help", "up"]:
        sys.exit(up.main(["--help"]))
    try:
        with servers_for(arguments):
            execute_from_command_line(sys.argv)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(TRY_AGAIN)
    except (StopAsked, KeyboardInterrupt):
        sys.exit(130)
    if arguments in ([], ["help"]):
        print("\n[helpdesk.supervisor]\n    up")


if __name__ == "__main__":
    main()
