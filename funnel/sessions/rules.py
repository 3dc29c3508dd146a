"""How long things may take and still belong together, and what counts as good.

An admin sets what is in Rules; the defaults and the fixed ones are those of docs/funnel.md.
"""

from dataclasses import dataclass
from datetime import timedelta

SAME_VIEW = timedelta(minutes=30)  # the same article again within this time is one view
OPENED_WITHIN = timedelta(days=7)  # a message opened later than this after it was sent counts as not opened
PROACTIVE_REACH = timedelta(hours=24)  # a session begun this soon after our message was opened comes from it
CHAT_PATIENCE = timedelta(minutes=10)  # a chat that nobody answered counts once it has waited this long
GOOD_RATING = 4  # of 5


@dataclass(frozen=True, slots=True)
class Rules:
    """`window`: seeking help again sooner is the same problem; exactly this much later is a new one.
    `longest_browsing`: somebody who reads every day is not seeking help with one thing for ever.
    `settled`: closed this long ago without a return, a conversation was solved at first contact.
    """

    window: timedelta = timedelta(hours=24)
    longest_browsing: timedelta = timedelta(days=7)
    settled: timedelta = timedelta(days=7)


DEFAULT_RULES = Rules()
