"""How a reader reaches the team when no article helped."""

from dataclasses import dataclass

from helpdesk.inboxes.models import Inbox


@dataclass(frozen=True)
class WaysToWrite:
    widget_key: str  # "" where no chat widget is in use
    address: str  # "" where there is no mail inbox

    def __bool__(self) -> bool:
        return bool(self.widget_key or self.address)


def ways_to_write() -> WaysToWrite:
    """The first active widget and the first active mail address, oldest first."""
    kinds = Inbox.objects.filter(is_active=True, kind__in=[Inbox.Kind.WEBCHAT, Inbox.Kind.EMAIL]).order_by(
        "-pk"
    )
    found = {kind: (key, address) for kind, key, address in kinds.values_list("kind", "key", "address")}
    return WaysToWrite(found.get(Inbox.Kind.WEBCHAT, ("", ""))[0], found.get(Inbox.Kind.EMAIL, ("", ""))[1])
