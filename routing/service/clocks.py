"""The clock of a promise: seconds of business hours, or of the calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.hours import Hours, hours_of


@dataclass(frozen=True)
class Clock:
    """Without `hours` it never stands still."""

    hours: Hours | None

    def seconds(self, start: datetime, end: datetime) -> int:
        if self.hours:
            return self.hours.seconds(start, end)
        return max(0, int((end - start).total_seconds()))

    def after(self, start: datetime, seconds: int) -> datetime | None:
        """When so many have passed; None where they never do."""
        if self.hours:
            return self.hours.after(start, seconds)
        return start + timedelta(seconds=max(0, seconds))


def clock_of(*, in_hours: bool, department_id: int | None) -> Clock:
    return Clock(hours_of(department_id) if in_hours else None)
