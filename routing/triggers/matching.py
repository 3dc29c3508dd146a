"""Does a trigger's condition hold?"""

from routing.models import Trigger
from routing.triggers.fields import FIELDS
from routing.triggers.occasions import Occasion
from routing.triggers.operators import OPERATORS


def matches(trigger: Trigger, occasion: Occasion) -> bool:
    """All or any of the conditions; without conditions always."""
    held = (holds(condition, occasion) for condition in trigger.conditions)
    if not trigger.conditions:
        return True
    return all(held) if trigger.match == Trigger.Match.ALL else any(held)


def holds(condition: dict, occasion: Occasion) -> bool:
    operator = OPERATORS[condition["op"]]
    return operator.holds(FIELDS[condition["field"]].read(occasion), str(condition.get("value", "")))
