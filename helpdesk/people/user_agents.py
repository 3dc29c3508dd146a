"""What a browser calls itself, in two words for a list."""

import re

# The first that fits: most browsers call themselves by the names of those that they want to be taken for, too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("YaBrowser", "Yandex"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
LONGEST = 400
ROBOT = re.compile(
    r"bot\b|crawl|spider|slurp|headless.*lighthouse|facebookexternalhit|preview", re.IGNORECASE
)


def short_name(user_agent: str) -> str:
    """ "Firefox, Windows"; "" for what says neither."""
    agent = user_agent[:LONGEST]
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return ", ".join(name for name in (browser, system) if name)


def is_robot(user_agent: str) -> bool:
    """Whether this says of itself that nobody is sitting before it."""
    return bool(ROBOT.search(user_agent[:LONGEST]))
