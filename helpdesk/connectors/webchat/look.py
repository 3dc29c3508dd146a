"""How one inbox's widget looks and where it may be: read from its options, believing nothing."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Workspace

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# A host, with or without scheme, port and a leading *.: nothing that could end the header it is put into.
SITE = re.compile(r"(https?://)?(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True)
class Look:
    """`colour` is #rrggbb or "" for our own; `on_colour` is what is readable on it."""

    colour: str = ""
    on_colour: str = ""
    greeting: str = ""
    intro: str = ""
    team: str = ""


def look_of(inbox: Inbox, language: str = "") -> Look:
    """`options` of the inbox: colour, greeting, intro, team. `texts` holds the texts of single languages, which come
    before those for all: {"it": {"greeting": ...}}."""
    options = inbox.options or {}
    return Look(
        colour=colour_of(options),
        on_colour=readable_on(colour_of(options)) if colour_of(options) else "",
        greeting=text_in(options, "greeting", language),
        intro=text_in(options, "intro", language),
        team=text_of(options, "team"),
    )


def launcher_of(inbox: Inbox) -> dict[str, Any]:
    """What the loader knows of this inbox without asking: its key, and what differs from how the button looks anyway.
    `speaks`: it has words beside its sign."""
    options = inbox.options or {}
    colour = colour_of(options)
    look = {
        "inbox": inbox.key,
        "colour": colour,
        "on": readable_on(colour) if colour else "",
        "side": "start" if options.get("side") == "start" else "",
        "speaks": int(options.get("launcher") == "words"),
        "visitors": int(bool(options.get("watches_visitors"))),
    }
    return {name: value for name, value in look.items() if value}


def launcher_words(inbox: Inbox) -> dict[str, str]:
    """The launcher's words by the first two letters of a language, where the inbox has its own."""
    options = inbox.options or {}
    if options.get("launcher") != "words":
        return {}
    words = {code[:2]: text_in(options, "launcher_words", code) for code, _name in settings.LANGUAGES}
    return {code: said for code, said in words.items() if said}


def colour_of(options: dict) -> str:
    colour = text_of(options, "colour")
    return colour if COLOUR.fullmatch(colour) else ""


def text_in(options: dict, name: str, language: str) -> str:
    """The text in this language, else the one for all of them."""
    texts = options.get("texts")
    own = texts.get(language) if isinstance(texts, dict) else None
    return (text_of(own, name) if isinstance(own, dict) else "") or text_of(options, name)


def team_of(inbox: Inbox) -> str:
    """Who the widget speaks for: the team named in its options, else the workspace. The inbox's own name is
    the team's word for it and not for customers."""
    return look_of(inbox).team or Workspace.get().name


def sites_of(inbox: Inbox) -> list[str]:
    """Sources for frame-ancestors: the inbox's allowed sites and our own pages; all sites where none is named."""
    named = (inbox.options or {}).get("allowed_sites") or []
    if isinstance(named, str):
        named = named.split()
    if not named:
        return ["*"]
    sites = [site.strip().rstrip("/") for site in named if isinstance(site, str)]
    return ["'self'", *(site for site in sites if SITE.fullmatch(site))]


def text_of(options: dict, name: str) -> str:
    value = options.get(name, "")
    return value.strip()[:200] if isinstance(value, str) else ""


def readable_on(colour: str) -> str:
    """Black or white, whichever has the higher contrast (WCAG) on this colour."""
    light = luminance_of(colour)
    return "#000000" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "#ffffff"


def is_pale(colour: str) -> bool:
    """Whether it stands out from a white page by less than 3:1, what WCAG 1.4.11 asks of a control."""
    return 1.05 / (luminance_of(colour) + 0.05) < 3


def luminance_of(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
