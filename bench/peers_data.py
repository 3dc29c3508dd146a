#!/usr/bin/env python3
"""The data set that peers were measured on: deterministic, synthetic, standard library only.

100,000 tickets x 3 messages (ticket N-1000 has 200), 5,000 customers, 20 agents, 10 departments; 15 % open,
5 % pending, 80 % closed; the word *zephyrine* is in one message of the tickets whose number ends in 37 (1 %).
The random sequence is part of the data set: do not reorder a call.

    python3 bench/peers_data.py OUTDIR [TICKETS]
"""

import itertools
import os
import random
import sys

YEAR = 365 * 86400
START = 1_717_000_000 - YEAR  # a year of tickets, ends 2024-05-29
ONSETS = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "st",
    "tr",
    "pl",
    "br",
    "gr",
    "sh",
    "ch",
]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ou", "ee"]
CODAS = ["", "", "n", "r", "s", "l", "t", "m", "rd", "nt"]
COMMON = [
    "the",
    "to",
    "and",
    "a",
    "of",
    "in",
    "is",
    "it",
    "you",
    "for",
    "on",
    "that",
    "we",
    "have",
    "with",
    "this",
    "be",
    "not",
    "are",
    "my",
    "can",
    "your",
    "please",
    "was",
    "order",
    "as",
    "our",
    "when",
    "will",
    "at",
    "if",
    "but",
    "account",
    "help",
    "from",
    "thanks",
    "would",
    "there",
    "invoice",
    "been",
    "they",
    "has",
    "an",
    "email",
    "so",
    "no",
    "by",
    "what",
    "still",
    "I",
    "get",
    "login",
    "error",
    "page",
    "need",
    "time",
    "password",
    "click",
    "send",
    "screen",
    "just",
    "after",
    "before",
    "how",
    "about",
    "payment",
    "refund",
    "do",
    "problem",
]

R = random.Random(20240607)


def make_word() -> str:
    return "".join(
        R.choice(ONSETS) + R.choice(VOWELS) + R.choice(CODAS) for _ in range(R.choice((1, 2, 2, 3)))
    )


VOCABULARY = list(dict.fromkeys(COMMON + [make_word() for _ in range(26000)]))[:20000]
WEIGHTS = list(itertools.accumulate(1.0 / (i + 3) for i in range(len(VOCABULARY))))


def words(n: int) -> list[str]:
    return R.choices(VOCABULARY, cum_weights=WEIGHTS, k=n)


def body(extra: str | None = None) -> str:
    """One message, its lines joined by a literal backslash n."""
    w = words(R.randint(40, 120))
    if extra:
        w.insert(R.randrange(len(w)), extra)
    lines, i = [], 0
    while i < len(w):
        k = R.randint(8, 14)
        lines.append(" ".join(w[i : i + k]))
        i += k
    return "\\n".join(lines)


def write(out: str, tickets: int = 100_000) -> None:
    """Write customers, agents, queues, tickets and messages as tab-separated files into the folder `out`."""
    os.makedirs(out, exist_ok=True)
    with open(f"{out}/customers.tsv", "w") as file:
        for i in range(1, 5001):
            file.write(f"{i}\tcust{i}@customers.test\t{make_word().title()} {make_word().title()}\n")
    with open(f"{out}/agents.tsv", "w") as file:
        for i in range(1, 21):
            file.write(f"{i}\tagent{i}\tagent{i}@peers.test\tAgent{i} {make_word().title()}\n")
    with open(f"{out}/queues.tsv", "w") as file:
        for i in range(1, 11):
            file.write(f"{i}\tqueue{i}\tqueue{i}@peers.test\n")
    with open(f"{out}/tickets.tsv", "w") as ft, open(f"{out}/messages.tsv", "w") as fm:
        for i in range(1, tickets + 1):
            customer, queue = R.randint(1, 5000), R.randint(1, 10)
            x = R.random()
            status = "open" if x < 0.15 else "pending" if x < 0.20 else "closed"
            owner = R.randint(1, 20) if status != "open" or R.random() < 0.7 else 0
            n = 3
            if i == tickets - 2000:  # the ticket with 3 messages that is opened
                status, owner, queue = "open", 1, 1
            if i == tickets - 1000:  # and the one with 200
                n, status, owner, queue = 200, "open", 1, 1
            ts = START + int(i * (YEAR / tickets))
            begun = ts
            hit = R.randrange(n) if i % 100 == 37 else -1
            for s in range(n):
                kind, who = ("a", owner or R.randint(1, 20)) if s % 2 else ("c", customer)
                fm.write(f"{i}\t{s}\t{kind}\t{who}\t{ts}\t{body('zephyrine' if s == hit else None)}\n")
                last = ts
                ts += R.randint(300, 20000)
            subject = " ".join(words(R.randint(4, 9))).capitalize()
            priority = R.randint(1, 5)
            ft.write(f"{i}\t{queue}\t{customer}\t{owner}\t{status}\t{priority}\t{subject}\t{begun}\t{last}\n")


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
