"""The tiles of the page: which figures, what each means in words, and which way is better."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from funnel.page.filling import COUNT, DURATION, SHARE, Part, Tile
from funnel.report.comparison import DOWN, UP
from funnel.report.wording import say_count, say_duration, say_percent

Figures = dict[str, Any]


def say_waiting(figures: Figures) -> str:
    if not figures["waiting"]:
        return ""
    words = {"count": say_count(figures["waiting"]), "time": say_duration(figures["longest_wait"])}
    return gettext("%(count)s waiting now, longest %(time)s") % words


def say_rating_trust(figures: Figures) -> str:
    if not figures["csat_interval"]:
        return ""
    low, high = (say_percent(bound) for bound in figures["csat_interval"])
    words = {"count": say_count(figures["ratings"]), "low": low, "high": high}
    return (
        ngettext(
            "%(count)s rating; 95%% interval %(low)s to %(high)s",
            "%(count)s ratings; 95%% interval %(low)s to %(high)s",
            figures["ratings"],
        )
        % words
    )


def durations(name: str) -> tuple[Part, ...]:
    """The other figures of a duration: in business hours, and within what nine of ten were."""
    return (
        Part(f"median_{name}_business", _("in business hours"), DURATION),
        Part(f"ninetieth_{name}", _("nine of ten"), DURATION, has_before=False),
        Part(f"ninetieth_{name}_business", _("nine of ten, in business hours"), DURATION, has_before=False),
    )


SELF_SERVICE = [
    Tile(
        "self_service_share",
        _("Solved by self-service"),
        _("Of all problems solved, those solved by articles or the bot without the team."),
        SHARE,
        UP,
        (
            Part("resolved_by_articles", _("by articles")),
            Part("resolved_by_bot", _("by the bot")),
            Part("resolved_outright", _("by the team outright")),
            Part("resolved_after_self_service", _("by the team after self-service")),
        ),
    ),
    Tile(
        "sessions",
        _("People seeking help"),
        _(
            "One person looking for help with one thing: reading, searching and writing less than 24 hours apart "
            "count once. Spam is left out."
        ),
        parts=(
            Part("article_views", _("article views")),
            Part("not_resolved", _("not solved")),
            Part("still_open", _("still open")),
        ),
    ),
    Tile(
        "article_resolution_rate",
        _("Article resolution rate"),
        _(
            "People who read an article and did not write to us in the next 24 hours, divided by article views. "
            "Who reads two articles and is helped counts half, so 100 percent is out of reach; the share of readers is "
            "beside it. Someone who gave up looks the same as someone who was helped."
        ),
        SHARE,
        UP,
        (Part("article_resolution_per_viewer", _("of readers"), SHARE),),
    ),
    Tile(
        "automated_resolution_rate",
        _("Automated resolution rate"),
        _(
            "Conversations closed by the bot, divided by the sessions in which it gave an answer. Coming back "
            "within 24 hours takes the bot's close away again."
        ),
        SHARE,
        UP,
        (Part("resolved_by_bot", _("solved by the bot")),),
    ),
]
TEAM = [
    Tile(
        "new",
        _("New conversations"),
        _("Conversations that customers began and that reached the team, by the day they reached it."),
        parts=(
            Part("all_new", _("with those the bot kept")),
            Part("replied", _("had their first answer")),
        ),
    ),
    Tile(
        "median_first_response",
        _("First response"),
        _(
            "Half of the customers waited less than this from reaching the team to the first answer by a person. "
            "Automatic answers do not count, and those who still wait are not in it."
        ),
        DURATION,
        DOWN,
        durations("first_response"),
        say_waiting,
        "waiting",
    ),
    Tile(
        "chats_answered_in_1_minute",
        _("Chats answered within 1 minute"),
        _(
            "Of the chats that reached the team, those a person answered within a minute. A chat that nobody has "
            "answered counts as soon as ten minutes have passed."
        ),
        SHARE,
        UP,
        (Part("chats", _("chats"), COUNT),),
    ),
    Tile(
        "chats_answered_in_10_minutes",
        _("Chats answered within 10 minutes"),
        _("The same chats, with ten minutes of patience."),
        SHARE,
        UP,
    ),
    Tile(
        "closed",
        _("Closed by the team"),
        _("Conversations a teammate closed last, by that day. Reopening one takes its close away again."),
    ),
    Tile(
        "median_time_to_close",
        _("Time to close"),
        _("Half of the conversations took less than this from the first message to the last close."),
        DURATION,
        DOWN,
        durations("time_to_close"),
    ),
    Tile(
        "csat",
        _("Satisfied customers"),
        _(
            "Ratings of 4 or 5 out of 5, divided by all ratings; a customer's last rating is the one that counts."
        ),
        SHARE,
        UP,
        (Part("csat_response_rate", _("of those asked answered"), SHARE),),
        say_rating_trust,
    ),
    Tile(
        "first_contact_resolution",
        _("Solved at first contact"),
        _(
            "Of the conversations the team closed at least a week ago, those closed once, answered by one "
            "teammate, and not reopened."
        ),
        SHARE,
        UP,
    ),
]
