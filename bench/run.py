"""`make bench`: the scenarios; `make bench SCENARIO=inbox SCALE=100000` runs one and prints its table."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SCENARIOS = {
    "inbox": ("ticket list, ticket with 3 and 200 messages, search, answer; scale: tickets", 100_000),
    "chat": (
        "many open widgets, a killed web process, live chats beside an echo; scale: open widgets",
        5_000,
    ),
    "funnel": ("the report beside its SQL and beside the rows, counting, rebuild; scale: sessions", 100_000),
    "routing": (
        "triggers and rules on one event, giving out 5,000 tickets, dry runs, the monitor; scale: tickets of the dry run",
        100_000,
    ),
    "mail": ("mails a second through the SMTP door; scale: mails", 1_000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", choices=SCENARIOS)
    parser.add_argument("--scale", type=int)
    options = parser.parse_args()
    if not options.scenario:
        print("Scenarios (make bench SCENARIO=name [SCALE=number]):\n")
        for name, (what, scale) in SCENARIOS.items():
            print(f"  {name:<8}{what} (default {scale:,})")
        print(
            "\nAnd by itself: bench/inbound.py, mails by SMTP and IMAP and the answers to them, with kill -9 on the way."
        )
        return
    default = SCENARIOS[options.scenario][1]
    import_module(f"bench.{options.scenario}").run(options.scale or default)


if __name__ == "__main__":
    main()
