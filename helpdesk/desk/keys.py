"""Everything the desk does by one press: the one table for the keys, the sheet of them, and the command palette.

Which key does it is each agent's own choice (`User.keys`), as WCAG 2.1.4 wants it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from helpdesk.errors import Invalid
from helpdesk.people.models import User

# One sign, or two after one another: "e", "X" (with Shift), "?", "g m".
KEY = re.compile(r"[!-~]( [!-~])?")


@dataclass(frozen=True)
class Action:
    """`click` and `focus` are selectors; with `click` the first of several that is there (`a|b`). `step`: how many rows to
    go. `call`: what the desk's own script does (hot-keys.js). `many`: what it presses instead in the bar of the chosen tickets.
    One with `always` is a chord that stays as it is."""

    name: str
    title: str | Promise
    key: str
    icon: str = ""
    step: int = 0
    click: str = ""
    focus: str = ""
    call: str = ""
    many: str = ""
    always: str = ""


ABOUT, HERE, MANY = (
    gettext_lazy("Going about"),
    gettext_lazy("In a conversation"),
    gettext_lazy("Several at once"),
)
ACTIONS: dict[str | Promise, list[Action]] = {
    ABOUT: [
        Action("palette", gettext_lazy("Find and do anything"), "", "search", click="#palette", always="Ctrl K"),
        Action("next", gettext_lazy("Next conversation"), "j", "arrow-down", step=1),
        Action("previous", gettext_lazy("Previous conversation"), "k", "arrow-up", step=-1),
        Action("open", gettext_lazy("Open it"), "", "corner-down-left", always="Enter"),
        Action("back", gettext_lazy("Back to the list"), "u", "arrow-left", click=".ticket-back"),
        Action("search", pgettext_lazy("verb", "Search"), "/", "search", focus="#search"),
        Action("filter", gettext_lazy("Filter the list"), "F", "list-filter", click="#filter"),
        Action("save_view", gettext_lazy("Save the search as a view"), "S", "star", click="#save-search"),
        Action("order", gettext_lazy("Change the order of the list"), "o", "chevrons-up-down", click="#sort"),
        Action("go_open", gettext_lazy("Go to all open"), "g i", "inbox", click="[data-pile=open]"),
        Action("go_mine", gettext_lazy("Go to mine"), "g m", "user", click="[data-pile=mine]"),
        Action("go_unassigned", gettext_lazy("Go to unassigned"), "g u", "circle", click="[data-pile=unassigned]"),
        Action("about", gettext_lazy("Show or hide the customer"), "i", "panel-right", click=".about-toggle"),
        Action("write", gettext_lazy("Write to a customer"), "c", "square-pen", click="[href$='/tickets/new/']"),
        Action("new_call", gettext_lazy("Log a phone call as a new ticket"), "L", "phone", click="[href$='/calls/new/']"),
        Action("keys", gettext_lazy("Show these keys"), "?", "keyboard", click="#keys"),
    ],
    HERE: [
        Action("reply", gettext_lazy("Reply"), "r", "message-square", click="#kind-reply", focus="#composer-text"),
        Action("note", gettext_lazy("Note"), "n", "lock", click="#kind-note", focus="#composer-text"),
        Action("send", gettext_lazy("Send"), "", "send-horizontal", click="#send", always="Ctrl Enter"),
        Action("send_and_close", gettext_lazy("Send and close"), "", "check", click=".send[name=then]", always="Ctrl Shift Enter"),
        Action("preview", gettext_lazy("See what you write as it will be read"), "V", "eye", click="[data-preview]"),
        Action("bold", gettext_lazy("Bold"), "", "bold", click="[data-mark=bold]", always="Ctrl B"),
        Action("italic", gettext_lazy("Italic"), "", "italic", click="[data-mark=italic]", always="Ctrl I"),
        Action("insert", gettext_lazy("Insert the first article that may fit"), "", "book-open", click="#article-suggestions [data-insert-url]", always="Alt 1"),
        Action("take", gettext_lazy("Take it"), "m", "user-plus", click="#take", many="[name=assignee][value=me]"),
        Action("assign", gettext_lazy("Assign"), "a", "user-check", focus="#assignee", many="[data-many=assignee]"),
        Action("hand_over", gettext_lazy("Hand over"), "h", "arrow-right", click="#handover-open"),
        Action("department", gettext_lazy("Move to a department"), "d", "folder", focus="#department", many="[data-many=department]"),
        Action("status", gettext_lazy("Change the status"), "s", "circle-dot", focus="#status", many="[data-many=status]"),
        Action("priority", gettext_lazy("Change the priority"), "f", "flag", focus="#priority", many="[data-many=priority]"),
        Action("tag", gettext_lazy("Add a tag"), "t", "tag", focus="#add-tag", many="[data-many=tags]"),
        Action("recipient", gettext_lazy("Add an address in copy"), "p", "mails", focus="#add-recipient"),
        Action("person", gettext_lazy("Put somebody in copy"), "P", "user-plus", focus="#add-person"),
        Action("call", gettext_lazy("Log a phone call on this ticket"), "l", "phone", click="#log-call"),
        Action("known", gettext_lazy("Change what is known of the customer"), "C", "pencil", focus=".facts .fact-open"),
        Action("merge", gettext_lazy("Merge with another ticket"), "y", "merge", click="#merge", many="[data-merge]:not([hidden])"),
        Action("one_person", gettext_lazy("Merge the customer with somebody else"), "Y", "users", click="#one-person"),
        Action("snooze", gettext_lazy("Snooze"), "z", "alarm-clock", click="#snooze", many="[data-many=snooze]"),
        Action("close", gettext_lazy("Close or reopen"), "e", "check", click="#close", many="[name=is_closed][value=yes]"),
        Action("spam", gettext_lazy("Mark as spam, or not"), "!", "ban", click="#spam", many="[name=is_spam][value=yes]"),
        Action("trash", gettext_lazy("Move to the trash, or out of it"), "#", "trash-2", click="#trash", many="[name=is_trash][value=yes]"),
        Action("undo", gettext_lazy("Take the last change back"), "v", "undo-2", click="#undo|undo-window button|#undo-last", always="Ctrl Z"),
    ],
    MANY: [
        Action("pick", gettext_lazy("Choose it, or not"), "x", "check-check", call="pick"),
        Action("pick_range", gettext_lazy("Choose all from the last one to here"), "X", "list", call="range"),
        Action("pick_all", gettext_lazy("Choose all in this view"), "*", "check-check", call="all"),
        Action("pick_none", gettext_lazy("Choose none"), "", "x", always="Escape"),
        Action("several", gettext_lazy("To what is done with the chosen ones"), "b", "zap", focus="#several [name=is_closed]", call="bar"),
    ],
}  # fmt: skip
BY_NAME = {action.name: action for actions in ACTIONS.values() for action in actions}


@dataclass(frozen=True)
class Bound:
    """An action with the key that this agent has for it; "" for none."""

    action: Action
    key: str

    @property
    def ways(self) -> list[list[str]]:
        """What is to be pressed, one after the other or together; of several ways each does it."""
        return [way.split() for way in (self.key, self.action.always) if way]


def keys_of(user: User) -> list[tuple[str | Promise, list[Bound]]]:
    """The whole table as this agent uses it."""
    return table_of(user.keys)


def table_of(chosen: Mapping[str, str]) -> list[tuple[str | Promise, list[Bound]]]:
    """The same for somebody with these keys of their own."""
    return [
        (title, [Bound(action, chosen.get(action.name, action.key)) for action in actions])
        for title, actions in ACTIONS.items()
    ]


def key_of(user: User, name: str) -> str:
    return user.keys.get(name, BY_NAME[name].key)


def can_change(action: Action) -> bool:
    return bool(action.key)


def choose_keys(user: User, wanted: Mapping[str, str]) -> None:
    """Keep the keys of `wanted` (action -> key, "" for none). Raises Invalid, with the action's name as field, for what is
    no key, and where two actions would have the same, or one would be the beginning of another."""
    chosen = {name: action.key for name, action in BY_NAME.items() if can_change(action)}
    for name, key in wanted.items():
        if name in chosen:
            chosen[name] = read_key(key, name)
    # What was not touched comes first, so that the refusal names what was.
    refuse_conflicts(dict(sorted(chosen.items(), key=lambda each: each[1] != key_of(user, each[0]))))
    user.keys = {name: key for name, key in chosen.items() if key != BY_NAME[name].key}
    user.save(update_fields=["keys"])


def read_key(text: str, name: str) -> str:
    key = " ".join(text.split())
    if key and not KEY.fullmatch(key):
        raise Invalid(_("“%(key)s” is no key: write one letter or sign, or two with a space between.") % {"key": key}, field=name)  # fmt: skip
    return key


def refuse_conflicts(chosen: Mapping[str, str]) -> None:
    taken: dict[str, str] = {}
    for name, key in chosen.items():
        for other, its_name in taken.items():
            if key and (key == other or key.startswith(f"{other} ") or other.startswith(f"{key} ")):
                told = {"key": key, "action": BY_NAME[its_name].title, "other": other}
                if key == other:
                    raise Invalid(_("“%(key)s” is taken already: %(action)s.") % told, field=name)
                raise Invalid(_("“%(key)s” and “%(other)s” (%(action)s) begin alike: only one can work.") % told, field=name)  # fmt: skip
        if key:
            taken[key] = name
