"""Our own requests to other servers. One door, so that no address typed or sent by somebody makes us fetch
what only we can reach (cloud metadata, a router, our own database)."""

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

TIMEOUT = httpx.Timeout(20, connect=5)


class Unreachable(Exception):
    """No answer came. Says the host and never the path: a path may hold a token."""


class Refused(Exception):
    """The address is none that we send requests to."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool = True  # False: there was more than `most_bytes`, and the rest was not fetched


def send_request(
    method: str,
    url: str,
    *,
    json: Any = None,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    most_bytes: int = 2**20,
    is_trusted: bool = False,
) -> Answer:
    """Send it and read at most `most_bytes` of the answer. Redirects are not followed. `content` goes as it is, with
    `headers` that say what it is.

    `is_trusted` is for addresses that the operator configured; every other one must be public: it is
    resolved here, once, and the connection goes to that very address. Raises Refused or Unreachable.
    """
    try:
        target, options = (url, {}) if is_trusted else pinned(url)
        options["headers"] = {**(headers or {}), **options.get("headers", {})}
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=is_trusted) as client,
            client.stream(
                method, target, json=json, data=data, files=files, content=content, **options
            ) as response,
        ):
            body, is_whole = read_at_most(response, most_bytes)
            return Answer(response.status_code, response.headers, body, is_whole)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unreachable(f"{urlsplit(url).hostname} did not answer ({type(error).__name__})") from None


def read_at_most(response: httpx.Response, most_bytes: int) -> tuple[bytes, bool]:
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > most_bytes:
            return bytes(body[:most_bytes]), False
    return bytes(body), True


def pinned(url: str) -> tuple[httpx.URL, dict[str, Any]]:
    """The URL with the host's checked address in place of its name, and what keeps the name for the other side:
    resolving again for the connection could give another address than the one checked."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise Refused("Only http and https addresses without a user name are called.")
    address = public_address(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
    options = {"headers": {"Host": parts.netloc}, "extensions": {"sni_hostname": parts.hostname}}
    return httpx.URL(url).copy_with(host=address), options


def public_address(host: str, port: int) -> str:
    """An address of this host. Raises Refused where any of its addresses is private."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(_("%(host)s is not known") % {"host": host}) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.ALLOW_PRIVATE_ADDRESSES and not all(map(is_public, addresses)):
        raise Refused(_("%(host)s is a private address.") % {"host": host})
    return addresses[0]


def is_public(address: str) -> bool:
    """Neither private, loopback, link-local, multicast nor any other kind that the internet does not route;
    an IPv4 address inside an IPv6 one is judged by itself."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (inner is None or inner.is_global)
