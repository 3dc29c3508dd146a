"""A figure beside that of the past period: how far it moved, and whether that is good."""

from dataclasses import dataclass

UP, DOWN = 1, -1  # which way is better; None where neither is


@dataclass(frozen=True)
class Change:
    """`amount` is relative (0.375 = 37.5 % more) or, with `in_points`, a difference of shares (0.083 = 8.3 points).

    `is_new`: there was nothing to compare with.
    """

    amount: float | None = None
    in_points: bool = False
    is_new: bool = False
    is_good: bool | None = None


def compare(
    now: float | None, before: float | None, *, in_points: bool = False, better: int | None = None
) -> Change | None:
    """How `now` differs from `before`; None where there is no figure now."""
    if now is None:
        return None
    if not before:
        return Change(is_new=True)
    amount = now - before if in_points else now / before - 1
    is_good = None if better is None or amount == 0 else amount * better > 0
    return Change(amount, in_points, is_good=is_good)
