"""What the team does with a signal."""

from django.db import transaction

from funnel.models import Signal
from helpdesk import clock
from helpdesk.people.models import User

State = Signal.State


def take_signal(signal: Signal, *, by: User) -> Signal:
    """Somebody works on it: from now on it reports whether its figure has moved since."""
    return decide(signal, State.TAKEN, by=by)


def dismiss_signal(signal: Signal, *, by: User) -> Signal:
    """It folds away, until its figure is half as bad again."""
    return decide(signal, State.DISMISSED, by=by)


def return_signal(signal: Signal, *, by: User) -> Signal:
    """Take the decision back: it stands in the list again."""
    return decide(signal, State.NEW, by=by)


@transaction.atomic
def decide(signal: Signal, state: str, *, by: User) -> Signal:
    """A second press of the same button changes nothing: who decided first is kept."""
    signal = Signal.objects.select_for_update().get(pk=signal.pk)
    if signal.state == state:
        return signal
    is_decided = state != State.NEW
    signal.state = state
    signal.decided_at = clock.now() if is_decided else None
    signal.decided_by = by if is_decided else None
    signal.figure_when_decided = signal.figure if is_decided else None
    signal.save(update_fields=["state", "decided_at", "decided_by", "figure_when_decided"])
    return signal
