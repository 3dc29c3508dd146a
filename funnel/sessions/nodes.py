"""The nodes of the flow: which column each stands in, which lane it keeps, and its name in words."""

from django.utils.translation import gettext_lazy as _

AFTER_PROACTIVE = "after_proactive"
ON_THEIR_OWN = "on_their_own"
ARTICLES = "articles"
BOT = "bot"
TEAM_DIRECT = "team_direct"
TEAM_AFTER = "team_after_self_service"
RESOLVED_BY_ARTICLES = "resolved_by_articles"
RESOLVED_BY_BOT = "resolved_by_bot"
RESOLVED_OUTRIGHT = "resolved_outright"
RESOLVED_AFTER = "resolved_after_self_service"
NOT_RESOLVED = "not_resolved"
STILL_OPEN = "still_open"

SELF_SERVED = frozenset({RESOLVED_BY_ARTICLES, RESOLVED_BY_BOT})
SOLVED_BY_TEAM = frozenset({RESOLVED_OUTRIGHT, RESOLVED_AFTER})

COLUMN = {
    AFTER_PROACTIVE: 0,
    ON_THEIR_OWN: 0,
    ARTICLES: 1,
    BOT: 2,
    TEAM_DIRECT: 3,
    TEAM_AFTER: 3,
    RESOLVED_BY_ARTICLES: 4,
    RESOLVED_BY_BOT: 4,
    RESOLVED_AFTER: 4,
    RESOLVED_OUTRIGHT: 4,
    NOT_RESOLVED: 4,
    STILL_OPEN: 4,
}
COLUMNS = 5

# From top to bottom. A band keeps the lane of the node it runs to, so that bands cross as little as can be.
LANE = {
    AFTER_PROACTIVE: 0,
    RESOLVED_BY_ARTICLES: 1,
    ARTICLES: 1,
    RESOLVED_BY_BOT: 2,
    BOT: 2,
    RESOLVED_AFTER: 3,
    TEAM_AFTER: 3,
    ON_THEIR_OWN: 4,
    RESOLVED_OUTRIGHT: 5,
    TEAM_DIRECT: 5,
    NOT_RESOLVED: 6,
    STILL_OPEN: 7,
}

# The colour family of a node, and of the bands that run to it: a CSS class, never the only sign.
FAMILY = {
    AFTER_PROACTIVE: "source",
    ON_THEIR_OWN: "source",
    ARTICLES: "articles",
    RESOLVED_BY_ARTICLES: "articles",
    BOT: "bot",
    RESOLVED_BY_BOT: "bot",
    TEAM_DIRECT: "team",
    TEAM_AFTER: "team-after",
    RESOLVED_OUTRIGHT: "team",
    RESOLVED_AFTER: "team-after",
    NOT_RESOLVED: "unsolved",
    STILL_OPEN: "open",
}

LABEL = {
    AFTER_PROACTIVE: _("After our message"),
    ON_THEIR_OWN: _("On their own"),
    ARTICLES: _("Help articles"),
    BOT: _("Answer bot"),
    TEAM_DIRECT: _("Team, directly"),
    TEAM_AFTER: _("Team, after self-service"),
    RESOLVED_BY_ARTICLES: _("Solved by articles"),
    RESOLVED_BY_BOT: _("Solved by the bot"),
    RESOLVED_OUTRIGHT: _("Solved by the team outright"),
    RESOLVED_AFTER: _("Solved after self-service"),
    NOT_RESOLVED: _("Not solved"),
    STILL_OPEN: _("Still open"),
}
