"""The settings screens in groups: one table for the side navigation and for the page of all settings.

Screens of other packages are named by their URL name; one whose package is not installed is left out.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.people.models import User


@dataclass(frozen=True)
class Screen:
    url_name: str
    icon: str
    label: str | Promise
    sentence: str | Promise
    for_agents: bool = False


@dataclass(frozen=True)
class Door:
    """A screen that can be gone to, as one user sees it."""

    screen: Screen
    url: str
    is_current: bool


GROUPS: list[tuple[str | Promise, list[Screen]]] = [
    (
        _("Team"),
        [
            Screen("workspace:agents", "users", _("Agents"), _("Who works here, and what each may see.")),
            Screen(
                "routing:departments",
                "building-2",
                _("Departments"),
                _("Parts of the team that tickets are moved to."),
            ),
            Screen(
                "routing:workloads",
                "gauge",
                _("Workload and skills"),
                _("How much comes to each agent by itself, and what they know."),
            ),
            Screen(
                "routing:shifts",
                "calendar",
                _("Shifts"),
                _("Who serves which channels, and when."),
            ),
            Screen(
                "routing:hours",
                "clock",
                _("Business hours"),
                _("When somebody is there; waiting times are counted in them."),
            ),
            Screen(
                "service:paths",
                "trending-up",
                _("Escalation"),
                _("Who is next when a customer waits too long."),
            ),
        ],
    ),
    (
        _("Channels"),
        [
            Screen(
                "workspace:inboxes", "mails", _("Inboxes"), _("Where customers write: mail, chat, Telegram.")
            ),
            Screen(
                "workspace:incoming",
                "activity",
                _("Incoming log"),
                _("Everything that came in, and what became of it."),
            ),
            Screen(
                "workspace:deliveries",
                "send",
                _("Delivery log"),
                _("How answers left, what came back, and what still waits."),
            ),
            Screen(
                "workspace:loops",
                "circle-pause",
                _("Stopped loops"),
                _("Machines that answered our machine, and were stopped."),
            ),
            Screen("bans:bans", "ban", _("Bans"), _("Visitors who may write in no chat.")),
        ],
    ),
    (
        _("Work"),
        [
            Screen(
                "routing:rules",
                "split",
                _("Assignment rules"),
                _("Where a new ticket goes, and to whom."),
            ),
            Screen(
                "routing:triggers", "zap", _("Triggers"), _("Rules that sort, tag and answer by themselves.")
            ),
            Screen("routing:bots", "bot", _("Bots"), _("What customers are asked in chats while they wait.")),
            Screen(
                "routing:webhooks",
                "webhook",
                _("Webhooks"),
                _("Other programs that triggers tell of what happened."),
            ),
            Screen(
                "service:policies",
                "alarm-clock",
                _("Promises"),
                _("How soon customers get an answer, and a solution."),
            ),
            Screen(
                "service:priority",
                "flag",
                _("Priority"),
                _("What comes first, by a formula that everybody can read."),
            ),
            Screen(
                "service:care_rules",
                "shield-alert",
                _("Left to people"),
                _("Sensitive matters and customers whom no machine answers."),
            ),
            Screen(
                "routing:surveys",
                "star",
                _("Surveys"),
                _("Who is asked how it was, when, and in which words."),
            ),
            Screen(
                "routing:ratings",
                "smile",
                _("Ratings"),
                _("What customers said of the help."),
                for_agents=True,
            ),
            Screen(
                "routing:alerts",
                "bell",
                _("Alerts and high load"),
                _("Who is told when customers wait too long, and what changes in a rush."),
            ),
            Screen(
                "proactive:messages",
                "megaphone",
                _("Proactive messages"),
                _("Offer help to a visitor before they ask."),
            ),
            Screen(
                "workspace:shortcuts",
                "slash",
                _("Shortcuts and macros"),
                _("Ready answers, and several steps in one, called up with a slash and a name."),
                for_agents=True,
            ),
            Screen(
                "workspace:attributes",
                "circle-user",
                _("Attributes"),
                _("What you want to know of your customers and their companies."),
            ),
            Screen(
                "desk_settings:views",
                "list-filter",
                _("Shared views"),
                _("Filters that stand beside the inbox for a department or for everybody."),
            ),
            Screen(
                "knowledge_settings:articles",
                "book-open",
                _("Help center"),
                _("Articles that answer before anybody has to write."),
                for_agents=True,
            ),
        ],
    ),
    (
        _("Workspace"),
        [
            Screen("workspace:general", "settings", _("General"), _("Name and language.")),
            Screen(
                "funnel_settings:reporting",
                "chart-spline",
                _("Reporting"),
                _("What the funnel report counts as one day and as one problem."),
            ),
            Screen(
                "account", "user", _("Your account"), _("How the helpdesk speaks to you."), for_agents=True
            ),
            Screen(
                "desk:keys", "keyboard", _("Keys"), _("Which letter does what at the desk."), for_agents=True
            ),
        ],
    ),
]


def doors_for(user: User, path: str) -> list[tuple[str | Promise, list[Door]]]:
    """The groups with what this user may open; `path` tells which one is open."""
    groups = []
    for label, screens in GROUPS:
        doors = [door for screen in screens if (door := door_to(screen, user, path))]
        if doors:
            groups.append((label, doors))
    return groups


def door_to(screen: Screen, user: User, path: str) -> Door | None:
    if not (user.is_admin or screen.for_agents):
        return None
    try:
        url = reverse(screen.url_name)
    except NoReverseMatch:
        return None
    return Door(screen, url, path.startswith(url))
