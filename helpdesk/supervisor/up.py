"""`manage.py up`: the whole helpdesk in one terminal, from an empty folder to a site that answers."""

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from helpdesk.supervisor import ports
from helpdesk.supervisor.child import Child, stop_all
from helpdesk.supervisor.errors import CannotStart, StopAsked
from helpdesk.supervisor.folder import DataFolder, write_private
from helpdesk.supervisor.handles import allow_many_handles
from helpdesk.supervisor.leash import Leash
from helpdesk.supervisor.lending import own_env
from helpdesk.supervisor.programs import Addresses, children, commands, web_processes
from helpdesk.supervisor.schema import mark_current
from helpdesk.supervisor.servers import Servers
from helpdesk.supervisor.steps import run_step
from helpdesk.supervisor.waiting import Stop, stop_on_signals, wait_for

DEMO_LOGINS = ("admin@example.com", "agent@example.com", "agent2@example.com")
DEMO_PASSWORD = "demo-helpdesk"
READY_WITHIN = 180.0  # seconds
TRIES_BEFORE_READY = 4  # a site that dies this often before it ever answered will not get better
# A stop takes at most the sum, below the ten seconds after which people reach for `kill -9`.
PROGRAMS_STOP_WITHIN, SERVERS_STOP_WITHIN = 6.0, 3.0


def main(arguments: list[str]) -> int:
    """Run until somebody asks to stop; gives the exit code."""
    options = parse(arguments)
    folder = DataFolder.chosen(options.data)
    addresses = Addresses(
        options.host,
        options.port,
        options.smtp_port,
        options.sink_port,
        options.lmtp_port,
        options.tls_cert,
        options.tls_key,
    )
    allow_many_handles()
    with stop_on_signals() as stop:
        try:
            processes = web_processes()
            folder.make()
            lock = take_folder(folder, stop)
            demo = wants_demo(folder, allowed=not options.no_demo)
            refuse_taken_ports(addresses, demo=demo)
            run(folder, lock, addresses, processes, demo=demo, stop=stop)
        except StopAsked:
            return 0
        except (CannotStart, ImproperlyConfigured) as refusal:
            if stop.is_set():  # Ctrl-C reached what was just being started as well
                return 0
            print(refusal, file=sys.stderr)
            return 1
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Run the whole helpdesk in this terminal."
    )
    parser.add_argument("--host", default="127.0.0.1", help="where the site listens (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="the site's port (default: %(default)s)")
    parser.add_argument(
        "--smtp-port", type=int, default=2525, help="where mail comes in (default: %(default)s)"
    )
    parser.add_argument(
        "--sink-port", type=int, default=2526, help="the demo's own mail server (default: %(default)s)"
    )
    parser.add_argument(
        "--lmtp-port", type=int, help="where mail comes in by LMTP as well (default: nowhere)"
    )
    parser.add_argument(
        "--tls-cert", default="", help="PEM file; with --tls-key, mail may come in encrypted (STARTTLS)"
    )
    parser.add_argument("--tls-key", default="", help="PEM file")
    parser.add_argument(
        "--data", metavar="FOLDER", help="where everything is kept (default: HELPDESK_DATA, else var/)"
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="start with an empty workspace; mail really goes out"
    )
    return parser.parse_args(arguments)


def take_folder(folder: DataFolder, stop: Stop) -> int:
    """Own the data folder, waiting a little for a command that ends or for the leash of a killed `up`."""
    found: list[int] = []

    def is_settled() -> bool:
        lock = folder.lock()
        if lock is not None:
            found.append(lock)
        return lock is not None or folder.read_note().get("owner") == "up"

    wait_for(is_settled, seconds=20, stop=stop)
    if not found:
        url = folder.read_note().get("env", {}).get("PUBLIC_URL", "another command")
        raise CannotStart(
            f"{folder.root} is in use by {url}: stop that first, or keep other data with --data FOLDER."
        )
    folder.remove_note()
    return found[0]


def refuse_taken_ports(addresses: Addresses, *, demo: bool) -> None:
    wanted = [("--port", addresses.host, addresses.port), ("--smtp-port", "127.0.0.1", addresses.smtp_port)]
    if addresses.lmtp_port:
        wanted.append(("--lmtp-port", "127.0.0.1", addresses.lmtp_port))
    if demo:
        wanted.append(("--sink-port", "127.0.0.1", addresses.sink_port))
    for option, host, port in wanted:
        if not ports.is_free(host, port):
            raise CannotStart(
                f"Port {port} is already in use: stop the program that listens there, "
                f"or choose another port with {option} NUMBER."
            )


def wants_demo(folder: DataFolder, *, allowed: bool) -> bool:
    """A workspace is a demo when its first start made it one, and this start does not refuse it.

    With DEBUG=0 it never is: everybody knows the demo logins.
    """
    note = folder.root / "workspace.json"
    was_chosen = json.loads(note.read_text())["demo"] if note.exists() else True
    is_debug = os.environ.get("DEBUG", "1").strip().lower() in {"1", "true", "yes", "on"}
    return allowed and was_chosen and is_debug


def run(
    folder: DataFolder, lock: int, addresses: Addresses, processes: int, *, demo: bool, stop: Stop
) -> None:
    leash = Leash(keep_open=[lock])
    servers = Servers(folder, leash)
    programs: list[Child] = []
    try:
        servers.start(stop)
        env = environment(folder, addresses, servers.env, demo=demo)
        prepare(folder, env, leash, demo=demo, stop=stop)
        note_for_others = {name: env[name] for name in env if name not in os.environ or name in servers.env}
        folder.write_note(owner="up", env=note_for_others)
        asked = commands(addresses, folder, demo=demo, processes=processes)
        programs += children(asked, folder, leash, env)
        for program in programs:
            program.start()
        wait_until_ready(programs, servers, leash, env["PUBLIC_URL"], addresses, stop)
        announce(env["PUBLIC_URL"], addresses, folder, demo=demo)
        while not stop.wait(0.2):
            watch(programs, servers, leash)
    finally:
        say("stopping")
        folder.remove_note()
        stop_all(programs, patience=PROGRAMS_STOP_WITHIN)
        servers.stop(patience=SERVERS_STOP_WITHIN)
        leash.close()
        os.close(lock)


def environment(
    folder: DataFolder, addresses: Addresses, servers: Mapping[str, str], *, demo: bool
) -> dict[str, str]:
    """The environment of our programs: what the operator set, else what fits a workspace on this machine."""
    ours = own_env(folder) | {
        "PUBLIC_URL": local_url(addresses),
        "DEMO": str(int(demo)),
        "MAIL_DOOR_PORT": str(addresses.smtp_port),
        "PYTHONUNBUFFERED": "1",
        "STATIC_COLLECTED": "0",  # one process serves them as they lie in the source, also with DEBUG=0
    }
    if demo:
        ours["SMTP_URL"] = f"smtp://127.0.0.1:{addresses.sink_port}"
        ours["TELEGRAM_API_BASE"] = f"{local_url(addresses)}/demo/telegram/api"
    return ours | os.environ | servers | {"HELPDESK_DATA": str(folder.root)}


def prepare(folder: DataFolder, env: dict[str, str], leash: Leash, *, demo: bool, stop: Stop) -> None:
    """Migrate; on the first start fill the demo workspace."""
    run_step("migrate", "--no-input", folder=folder, env=env, leash=leash, stop=stop)
    mark_current(folder)
    note = folder.root / "workspace.json"
    if note.exists():
        return
    if demo:
        say("first start: filling the demo workspace")
        run_step("fill_demo", folder=folder, env=env, leash=leash, stop=stop)
    write_private(note, json.dumps({"demo": demo}))


def wait_until_ready(
    programs: list[Child], servers: Servers, leash: Leash, url: str, addresses: Addresses, stop: Stop
) -> None:
    """Until the site answers and the mail door listens."""
    web = programs[0]

    def is_ready() -> bool:
        watch(programs, servers, leash)
        if web.restarts >= TRIES_BEFORE_READY:
            return True
        return site_answers(url, addresses) and ports.answers("127.0.0.1", addresses.smtp_port)

    if not wait_for(is_ready, seconds=READY_WITHIN, stop=stop) or web.restarts >= TRIES_BEFORE_READY:
        slow = web if not site_answers(url, addresses) else next(p for p in programs if p.name == "mail_door")
        raise CannotStart(f"{slow.name} does not start (see {slow.log}):\n{slow.last_lines()}")


def site_answers(url: str, addresses: Addresses) -> bool:
    """Whether the site on this machine says it lives; behind a proxy its public name differs from its address."""
    request = urllib.request.Request(
        f"{local_url(addresses)}/healthz", headers={"Host": urlsplit(url).netloc}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def local_url(addresses: Addresses) -> str:
    host = "127.0.0.1" if addresses.host in {"0.0.0.0", "::"} else addresses.host
    return f"http://[{host}]:{addresses.port}" if ":" in host else f"http://{host}:{addresses.port}"


def watch(programs: list[Child], servers: Servers, leash: Leash) -> None:
    leash.mend()
    servers.watch(say)
    for program in programs:
        program.restart_if_ended(say)


def announce(url: str, addresses: Addresses, folder: DataFolder, *, demo: bool) -> None:
    if demo:
        say(f"demo logins: {', '.join(DEMO_LOGINS)}, password {DEMO_PASSWORD}")
        say(f"a shop with the chat: {url}/demo/ · every mail that went out: {url}/demo/mailbox/")
    say(
        f"mail comes in by SMTP on port {addresses.smtp_port} · logs are in {folder.root / 'log'} · Ctrl-C stops all"
    )
    print(f"ready {local_url(addresses)}/", flush=True)  # scripts wait for this very line


def say(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S} {line}", flush=True)
