"""How fast one may go: a burst at once, then so many a second. Kept in this process; whoever goes faster slows only themselves."""

from time import monotonic

from django.conf import settings


class Pace:
    """Of one socket, or one person. A frame or a request takes one of `burst`, which come back `a_second` at a time."""

    __slots__ = ("a_second", "at", "burst", "left")

    def __init__(self, *, burst: int, a_second: float) -> None:
        self.burst, self.a_second = burst, a_second
        self.left, self.at = float(burst), monotonic()

    def pause(self) -> float:
        """Seconds to wait before this one is dealt with; 0 as a rule."""
        self.refill()
        self.left -= 1
        return 0.0 if self.left >= 0 or not settings.RATELIMIT_ENABLE else -self.left / self.a_second

    def allows(self) -> bool:
        """Whether this one may be dealt with; one that may not takes nothing."""
        self.refill()
        if self.left < 1 and settings.RATELIMIT_ENABLE:
            return False
        self.left -= 1
        return True

    def refill(self) -> None:
        now = monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.a_second)
        self.at = now
