"""All folders of all inboxes: who is watched is looked up every few seconds, so that a changed inbox needs no restart."""

import logging
import threading

from django.db import Error

from helpdesk.connectors.email.imap.account import fingerprint, folders_in
from helpdesk.connectors.email.imap.database import short_connection
from helpdesk.connectors.email.imap.states import rest_folders
from helpdesk.connectors.email.imap.watching import ASK_EVERY, Watcher
from helpdesk.inboxes.models import Inbox

log = logging.getLogger(__name__)
LOOK_EVERY = 3.0  # seconds
ENDS_WITHIN = 4.0  # seconds for all watchers together

Key = tuple[int, str]  # inbox, folder


class Fetcher:
    """Keeps one watcher for each folder that is wanted."""

    def __init__(self, *, ask_every: float = ASK_EVERY) -> None:
        self.ask_every = ask_every  # seconds, where a server tells nothing by itself
        self.watchers: dict[Key, Watcher] = {}
        self.has_looked = False

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not stop.is_set():
            try:
                self.look()
            except Error as error:
                log.warning("the fetcher waits for the database: %s", error)
            stop.wait(LOOK_EVERY)
        self.end()

    @short_connection()
    def look(self) -> None:
        """Begin what is wanted and not watched, end what is not wanted as it is watched."""
        wanted = wanted_folders()
        changed = not self.has_looked
        for key, watcher in list(self.watchers.items()):
            if wanted.get(key) != watcher.mark or not watcher.is_alive():
                watcher.stopping.set()
                del self.watchers[key]
                changed = True
        for key in wanted.keys() - self.watchers.keys():
            self.watchers[key] = Watcher(*key, mark=wanted[key], ask_every=self.ask_every)
            self.watchers[key].start()
            changed = True
        if changed:
            rest_folders(watched=set(wanted))
        self.has_looked = True

    def end(self) -> None:
        for watcher in self.watchers.values():
            watcher.stopping.set()
        for watcher in self.watchers.values():
            watcher.join(ENDS_WITHIN / len(self.watchers))


def wanted_folders() -> dict[Key, str]:
    """Every folder that has to be read, with a mark that changes when its connection has to be made anew."""
    inboxes = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True, options__imap_is_on=True)
    return {
        (inbox.pk, folder): fingerprint(inbox)
        for inbox in inboxes
        for folder in folders_in(str(inbox.options.get("imap_folder") or ""))
    }
