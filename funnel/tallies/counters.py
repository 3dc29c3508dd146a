"""Which lane of a tally's `counts` holds which count. Append only: stored tallies are read by these places."""

from funnel.sessions import paths

# Sessions, by the day they began. The first lanes are the paths themselves: sessions by paths.code_of.
VIEWS = "views"
VIEWS_MATURED = "views_matured"
VIEWERS_MATURED = "viewers_matured"  # sessions with a view
BOT_ANSWERED_MATURED = "bot_answered_matured"  # sessions in which the bot gave an answer
# Conversations, each by the day of its own event.
NEW = "new"
ALL_NEW = "all_new"
REPLIED = "replied"
CLOSED = "closed"
SETTLED = "settled"  # of those closed, the ones known not to have come back
AT_ONCE = "at_once"  # of those settled: one close, one teammate
ASKED = "asked"  # for a rating
RATINGS = "ratings"
GOOD_RATINGS = "good_ratings"
CHATS = "chats"  # queued chats that were answered or have waited ten minutes
CHATS_IN_1 = "chats_in_1"  # of those, answered within a minute
CHATS_IN_10 = "chats_in_10"
# Apart from people seeking help.
PROACTIVE_SENT = "proactive_sent"
PROACTIVE_OPENED = "proactive_opened"  # of those, within seven days
SPAM = "spam"
PEOPLE = "people"  # with a session or a proactive message; of whole months and the whole desk only

NAMES = (
    VIEWS,
    VIEWS_MATURED,
    VIEWERS_MATURED,
    BOT_ANSWERED_MATURED,
    NEW,
    ALL_NEW,
    REPLIED,
    CLOSED,
    SETTLED,
    AT_ONCE,
    ASKED,
    RATINGS,
    GOOD_RATINGS,
    CHATS,
    CHATS_IN_1,
    CHATS_IN_10,
    PROACTIVE_SENT,
    PROACTIVE_OPENED,
    SPAM,
    PEOPLE,
)
LANE = {name: paths.COUNT + place for place, name in enumerate(NAMES)}
