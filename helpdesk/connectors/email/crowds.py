"""How much one client may ask of the mail door. Kept in the memory of the one process that serves it, without locks.

Meant for a door that stands open to the internet. A mail server of one's own in front of it brings everybody's mail from one
address, so the networks of MAIL_DOOR_TRUSTED are never counted.
"""

import ipaddress
from collections import Counter, defaultdict, deque

from django.conf import settings

MINUTE, HOUR = 60.0, 3600.0  # seconds
MOST_SESSIONS = 500  # of all clients together: each may hold a mail in memory
MOST_CLIENTS = 10_000  # remembered at once


class Window:
    """How often something happened, by client, within the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.times: dict[str, deque[float]] = defaultdict(deque)

    def count(self, client: str, now: float) -> int:
        times = self.times.get(client)
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if times is not None and not times:
            del self.times[client]
        return len(times or ())

    def add(self, client: str, now: float) -> None:
        if len(self.times) >= MOST_CLIENTS:
            for each in list(self.times):
                self.count(each, now)
        self.times[client].append(now)


class Crowd:
    """Who is at the door. `now` is the seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self.sessions: Counter[str] = Counter()
        self.mails = Window(MINUTE)
        self.strays = Window(HOUR)  # recipients asked for that nobody here has

    def enter(self, client: str) -> bool:
        """May another session begin? Where True comes back it is counted until leave()."""
        is_full = self.sessions.total() >= MOST_SESSIONS
        if is_full or (client and self.sessions[client] >= settings.MAIL_DOOR_SESSIONS):
            return False
        self.sessions[client] += 1
        return True

    def leave(self, client: str) -> None:
        self.sessions[client] -= 1
        if not self.sessions[client]:
            del self.sessions[client]

    def may_send(self, client: str, now: float) -> bool:
        """May this client send one more mail in this minute? Counted where it may."""
        if not client:
            return True
        if self.mails.count(client, now) >= settings.MAIL_DOOR_MAILS_A_MINUTE:
            return False
        self.mails.add(client, now)
        return True

    def note_stray(self, client: str, now: float) -> bool:
        """Another unknown recipient. True where the client is only guessing addresses."""
        if not client:
            return False
        self.strays.add(client, now)
        return self.strays.count(client, now) > settings.MAIL_DOOR_STRAYS_AN_HOUR


def client_of(peer: object) -> str:
    """Under which name a peer (host, port, ...) is counted: its address, of IPv6 its /64; "" for a trusted one."""
    try:
        address = ipaddress.ip_address(str(peer[0]).partition("%")[0])  # type: ignore[index]
    except (ValueError, TypeError, IndexError):
        return ""  # a local socket
    address = getattr(address, "ipv4_mapped", None) or address
    if any(address in network for network in settings.MAIL_DOOR_TRUSTED):
        return ""
    if address.version == 6:
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)
