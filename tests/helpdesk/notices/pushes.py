"""What the tests of pushes and of devices both do."""

from datetime import timedelta

from helpdesk import clock
from helpdesk.notices.devices import keep_device
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify
from helpdesk.notices.pushing import due_pushes, send_push


def device_of(user, service, name="one"):
    return keep_device(user, service.subscription(name), name="Chrome, Android", replaces=None)


def tell(*users, kind=Notice.Kind.ASSIGNED, key="ticket:4", title="#4 Where is it?", **matter):
    notify(
        users, kind, key=key, title=title, text="a secret of the customer", url="/desk/tickets/4/", **matter
    )


def later(**time):
    return clock.frozen_at(clock.now() + timedelta(**time))


def send_due(**time):
    """All that is due after this time, as the jobs do; how often something was claimed or settled."""
    with later(**(time or {"seconds": 5})):
        due = due_pushes()
        for push_id in due:
            send_push(push_id)
        return len(due)
