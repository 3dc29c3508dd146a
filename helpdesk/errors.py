"""What can go wrong on purpose. Raised deep, rendered once: API as problem details, pages as a message."""

from django.utils.translation import gettext_lazy as _


class HelpdeskError(Exception):
    """A refusal with a sentence for the person who asked and, where there is one, the field it is about."""

    status = 400
    code = "refused"
    sentence = _("This can't be done.")

    def __init__(self, sentence: str = "", *, field: str = "") -> None:
        super().__init__(sentence or str(self.sentence))
        self.field = field


class Invalid(HelpdeskError):
    status = 400
    code = "invalid"


class InvalidRule(Invalid):
    """`faults` maps each place of its form (name, conditions.0, actions.2 ...) to what is wrong there; the first is said."""

    def __init__(self, faults: dict[str, str]) -> None:
        place, reason = next(iter(faults.items()))
        super().__init__(reason, field=place)
        self.faults = faults


class NotAllowed(HelpdeskError):
    status = 403
    code = "not_allowed"
    sentence = _("You may not do this.")


class NotThere(HelpdeskError):
    status = 404
    code = "not_there"
    sentence = _("This does not exist, or you may not see it.")


class Conflict(HelpdeskError):
    status = 409
    code = "conflict"
    sentence = _("Somebody else was faster: look at the present state and try again.")


class Skipped(Conflict):
    """What was to be done by itself is not needed, or left alone on purpose: a refusal, but nobody's fault."""

    code = "skipped"
