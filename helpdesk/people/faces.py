"""What stands for a person's picture: letters on a ground, the same wherever they are shown to customers."""


def initials_of(name: str) -> str:
    """One or two letters: of the first and the last word, or the first character of a name in one."""
    parts = name.split()
    return "".join(part[0] for part in dict.fromkeys(parts[:1] + parts[1:][-1:])).upper()


def tint_of(name: str) -> int:
    """1 to 8: the ground of the initials, the same on every page."""
    return sum(name.encode()) % 8 + 1
