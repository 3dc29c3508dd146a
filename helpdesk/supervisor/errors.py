"""Why nothing runs, in one sentence for the person at the terminal."""


class CannotStart(Exception):
    """The text says what is wrong and what to do about it."""


class StopAsked(Exception):
    """Ctrl-C or SIGTERM came while something was being started."""
