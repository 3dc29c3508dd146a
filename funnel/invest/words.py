"""Each signal in words: its sentence with its figures, the rule behind it, and where to mend it and to look closer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from funnel.invest.leading import (
    Mending,
    conversations_behind,
    mend_article,
    mend_department,
    mend_hours,
    mend_layer,
    mend_topic,
    sessions_behind,
    tickets_behind,
)
from funnel.invest.rules.articles import BY_VOTES
from funnel.invest.rules.cover import split
from funnel.invest.rules.layers import ENDS
from funnel.invest.rules.table import ARTICLE, COVER, DEPARTMENT, LAYER, TOPIC
from funnel.invest.week import Stretch
from funnel.invest.weekdays import say_stretch
from funnel.models import Signal
from funnel.report.wording import one_decimal, say_count, say_duration, say_month, say_percent

Figures = dict[str, Any]


@dataclass(frozen=True)
class Wording:
    """How one kind of signal is told. `figure` says the figure that should move, at any value of it."""

    icon: str
    kind: Promise
    title: Callable[[Signal], str]
    sentence: Callable[[Signal, Figures], str]
    rule: Promise
    figure: Callable[[float], str]
    mending: Callable[[Signal], Mending]
    behind: Callable[[Signal], str]
    says_hours: bool = False  # the team's hours stand in the sentence already


def month_of(figures: Figures) -> str:
    return say_month(figures["until"][:7])


def say_about(hours: float) -> str:
    """Hours as roughly as they are known: whole ones, from one hour on."""
    if hours < 1:
        return say_duration(round(hours * 60) * 60)
    return _("%(number)s h") % {"number": number_format(round(hours), use_l10n=True, force_grouping=True)}


# ---- topics


def say_topic(signal: Signal, figures: Figures) -> str:
    count = figures["questions"]
    words = {
        "count": say_count(count),
        "month": month_of(figures),
        "before": say_count(figures["before"]),
        "median": say_duration(figures["median"]),
        "hours": say_about(figures["team_hours"]),
    }
    if figures["median"] is None:
        return (
            ngettext(
                "%(count)s question in %(month)s (%(before)s the month before), no article. An article that resolves "
                "like your average saves about %(hours)s.",
                "%(count)s questions in %(month)s (%(before)s the month before), no article. An article that resolves "
                "like your average saves about %(hours)s.",
                count,
            )
            % words
        )
    return (
        ngettext(
            "%(count)s question in %(month)s (%(before)s the month before), no article; median answer %(median)s. An "
            "article that resolves like your average saves about %(hours)s.",
            "%(count)s questions in %(month)s (%(before)s the month before), no article; median answer %(median)s. An "
            "article that resolves like your average saves about %(hours)s.",
            count,
        )
        % words
    )


def say_questions(count: float) -> str:
    return ngettext("%(count)s question a month", "%(count)s questions a month", round(count)) % {
        "count": say_count(round(count))
    }


# ---- articles


def say_article(signal: Signal, figures: Figures) -> str:
    words = {
        "readers": say_count(figures["readers"]),
        "votes": say_count(figures["votes"]),
        "share": say_percent(figures["share"]),
        "average": say_percent(figures["average"]),
        "hours": say_about(figures["team_hours"]),
    }
    if figures["by"] == BY_VOTES:
        return (
            _(
                "%(share)s of its %(votes)s votes in three months say that it helped; of all votes, %(average)s. Helping "
                "like the average would save about %(hours)s a month."
            )
            % words
        )
    return (
        _(
            "%(share)s of its %(readers)s readers in three months did not write to us; of all readers, %(average)s. "
            "Helping like the average would save about %(hours)s a month."
        )
        % words
    )


# ---- hours


def title_of_hours(signal: Signal) -> str:
    when = say_stretch(Stretch.from_word(split(signal.subject)[1]))
    department = signal.figures["department"]
    return _("%(department)s, %(when)s") % {"department": department, "when": when} if department else when


def say_hours_without_cover(signal: Signal, figures: Figures) -> str:
    said = _(
        "%(share)s of new conversations, half of them answered after more than %(median)s; in the rest of the week, "
        "%(rest)s."
    ) % {
        "share": say_percent(figures["share"]),
        "median": say_duration(figures["median"]),
        "rest": say_duration(figures["median_rest"]),
    }
    if figures["in_hours"] < 0.1:
        return f"{said} " + _("These are no business hours.")
    if figures["in_hours"] > 0.9:
        return f"{said} " + _("Business hours say that somebody is there.")
    return said


def say_first_answer(seconds: float) -> str:
    return _("first answer after %(time)s") % {"time": say_duration(seconds)}


# ---- departments


def title_of_department(signal: Signal) -> str:
    return signal.figures["department"] or _("Without a department")


def say_department(signal: Signal, figures: Figures) -> str:
    return ngettext(
        "Half of its %(count)s first answer in %(month)s took more than %(median)s; in the three months before, "
        "%(before)s.",
        "Half of its %(count)s first answers in %(month)s took more than %(median)s; in the three months before, "
        "%(before)s.",
        figures["answered"],
    ) % {
        "count": say_count(figures["answered"]),
        "month": month_of(figures),
        "median": say_duration(figures["median"]),
        "before": say_duration(figures["median_before"]),
    }


# ---- layers

LAYER_TITLES = {
    "articles": gettext_lazy("Articles solve less"),
    "bot": gettext_lazy("The bot solves less"),
    "outright": gettext_lazy("More people try self-service in vain first"),
}


def say_layer(signal: Signal, figures: Figures) -> str:
    words = {
        "share": say_percent(figures["share"]),
        "before": say_percent(figures["share_before"]),
        "month": month_of(figures),
        "least": one_decimal(figures["least"] * 100),
        "most": one_decimal(figures["most"] * 100),
    }
    sentence = {
        "articles": _(
            "Articles solved %(share)s of what was solved in %(month)s, %(before)s the month before: between %(least)s "
            "and %(most)s points less."
        ),
        "bot": _(
            "The bot solved %(share)s of what was solved in %(month)s, %(before)s the month before: between %(least)s "
            "and %(most)s points less."
        ),
        "outright": _(
            "The team solved %(share)s of what was solved in %(month)s outright, %(before)s the month before: between "
            "%(least)s and %(most)s points less, while more people came after an article or the bot."
        ),
    }[signal.subject]
    return sentence % words


WORDING = {
    TOPIC: Wording(
        icon="message-circle-question",
        kind=gettext_lazy("Topic without an article"),
        title=lambda signal: signal.figures.get("topic") or signal.subject.partition(":")[2],
        sentence=say_topic,
        rule=gettext_lazy(
            "Topics are tags, searches after which no article was opened, and pairs of words that at least five first "
            "messages of the month share; turns of speech are left out. A topic has no article if none of the first "
            "three search results for it holds all its words. Hours saved: questions × share of all readers whom "
            "articles help × minutes of a simple conversation."
        ),
        figure=say_questions,
        mending=mend_topic,
        behind=tickets_behind,
        says_hours=True,
    ),
    ARTICLE: Wording(
        icon="file-text",
        kind=gettext_lazy("Article that does not help"),
        title=lambda signal: signal.figures["title"],
        sentence=say_article,
        rule=gettext_lazy(  # xgettext:no-python-format
            "Articles with at least 30 readers in three full months whose share of helped readers is below that of "
            "all, or with at least 10 votes and fewer that say yes, beyond chance: the upper end of its 95% interval "
            "(Wilson) lies below the average. Hours saved: readers a month × what is missing to the average × minutes "
            "of a simple conversation."
        ),
        figure=lambda share: _("%(share)s helped") % {"share": say_percent(share)},
        mending=mend_article,
        behind=lambda signal: sessions_behind(signal, figure="article_views", article=signal.subject),
        says_hours=True,
    ),
    COVER: Wording(
        icon="clock",
        kind=gettext_lazy("Hours without cover"),
        title=title_of_hours,
        sentence=say_hours_without_cover,
        rule=gettext_lazy(  # xgettext:no-python-format
            "The week in spans of two hours, over three full months, by when a conversation began to wait. A span is "
            "slow if its median first answer takes three times that of the whole week and half an hour more; slow "
            "spans in a row are one stretch. It needs 20 answered conversations, 2% of all, and a median whose 95% "
            "interval lies above that of the rest of the week."
        ),
        figure=say_first_answer,
        mending=mend_hours,
        behind=tickets_behind,
    ),
    DEPARTMENT: Wording(
        icon="trending-up",
        kind=gettext_lazy("First answers take longer"),
        title=title_of_department,
        sentence=say_department,
        rule=gettext_lazy(  # xgettext:no-python-format
            "Departments with at least 20 first answers in the last full month and in the three months before. The "
            "95% intervals of the two medians, which assume nothing about how waits are spread, do not touch. Those "
            "still waiting are not in it."
        ),
        figure=say_first_answer,
        mending=mend_department,
        behind=lambda signal: conversations_behind(signal, figure="replied", department=signal.subject),
    ),
    LAYER: Wording(
        icon="layers",
        kind=gettext_lazy("Layer that lost share"),
        title=lambda signal: str(LAYER_TITLES[signal.subject]),
        sentence=say_layer,
        rule=gettext_lazy(  # xgettext:no-python-format
            "The share of solved sessions of the last full month and of the month before, at least 30 solved in each. "
            "The 95% interval of the difference (Newcombe) lies below zero. What the team solves outright counts as "
            "lost only if the share solved after self-service rose as clearly: less because self-service does better "
            "is no loss."
        ),
        figure=say_percent,
        mending=mend_layer,
        behind=lambda signal: sessions_behind(signal, node=ENDS[signal.subject]),
    ),
}
