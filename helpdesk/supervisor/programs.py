"""What runs beside the servers: one line for each program, with the reason for each unusual option."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from helpdesk.env import flag, number
from helpdesk.supervisor.child import Child
from helpdesk.supervisor.folder import PROJECT, DataFolder
from helpdesk.supervisor.leash import Leash
from helpdesk.supervisor.steps import manage


@dataclass(frozen=True)
class Addresses:
    """Where the doors listen."""

    host: str
    port: int
    smtp_port: int
    sink_port: int
    lmtp_port: int | None = None
    tls_cert: str = ""  # PEM files for the mail door
    tls_key: str = ""


MOST_WEB_PROCESSES = 4  # where nobody says how many: each takes 110 MB and five seconds of a core to start


def web_processes() -> int:
    """How many processes answer requests: WEB_CONCURRENCY, else one for each core that we may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, number("WEB_CONCURRENCY", min(cores, MOST_WEB_PROCESSES)))


def commands(
    addresses: Addresses, folder: DataFolder, *, demo: bool, processes: int = 1
) -> dict[str, list[str]]:
    """The command of each program, in the order of their start. `processes`: of the site."""
    celery = [sys.executable, str(Path(sys.executable).with_name("celery")), "-A", "helpdesk"]
    programs = {
        "web": [
            *(sys.executable, "-m", "uvicorn", "helpdesk.asgi:application", "--lifespan", "off"),
            *("--host", addresses.host, "--port", str(addresses.port)),
            *("--timeout-graceful-shutdown", "5"),  # an open websocket would hold up the stop for ever
            *("--ws-per-message-deflate", "false"),  # it doubles the memory of an idle socket
            *("--ws-max-size", "131072"),  # bytes: three times the longest frame that we take, and not 16 MB
            *("--ws-ping-interval", "30", "--ws-ping-timeout", "30"),  # finds the ends that sleep or are gone
            *("--workers", str(processes)),
            # Seconds. A machine that swaps is slow and not dead; but one killed between this question and its
            # answer is missed for as long.
            *("--timeout-worker-healthcheck", "20"),
            *("--backlog", "4096"),  # when it comes back everybody comes at once
            *("--log-level", "warning"),  # else three lines for each widget that comes
            *("--no-access-log", "--no-server-header"),
            # Without a proxy in front anybody could claim an address in a header and evade the rate limits.
            "--proxy-headers" if flag("BEHIND_PROXY", False) else "--no-proxy-headers",
        ],
        "worker": [
            *(*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"),
            *("--hostname", f"helpdesk-{addresses.port}@%h"),
            *("--without-gossip", "--without-mingle"),  # there is nobody to gossip with; the start is faster
        ],
        "beat": [*celery, "beat", "--schedule", str(folder.root / "beat-schedule"), "--pidfile", ""],
        "mail_door": manage(
            *("mail_door", "--port", str(addresses.smtp_port)),
            *(("--lmtp-port", str(addresses.lmtp_port)) if addresses.lmtp_port else ()),
            *(("--tls-cert", addresses.tls_cert) if addresses.tls_cert else ()),
            *(("--tls-key", addresses.tls_key) if addresses.tls_key else ()),
        ),
        "mail_fetcher": manage("mail_fetcher"),
    }
    if demo:
        programs["mail_sink"] = manage("mail_sink", "--port", str(addresses.sink_port))
    return programs


def children(
    commands: dict[str, list[str]], folder: DataFolder, leash: Leash, env: dict[str, str]
) -> list[Child]:
    return [
        Child(
            name,
            command,
            folder.log(name),
            leash,
            env=env | {"HELPDESK_PROCESS": f"helpdesk-{name}"},
            cwd=PROJECT,
        )
        for name, command in commands.items()
    ]
