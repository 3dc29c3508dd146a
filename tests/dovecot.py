"""A Dovecot of our own on loopback: IMAP with and without TLS, LMTP, any user with the password `secret`.

It runs in a folder of its own, by default as root's usual dovecot user and otherwise as whoever runs the tests. XOAUTH2
tokens are shown to a token server that a test may start on `token_port`.
"""

import grp
import os
import pwd
import shutil
import signal
import smtplib
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event as Flag

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imap_tools import MailBoxUnencrypted

from helpdesk import clock
from helpdesk.supervisor import ports
from helpdesk.supervisor.waiting import wait_for

PASSWORD = "secret"
DOMAIN = "mail.example"
numbers = count(1)

CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
instance_name = {root}
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login_user}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/mail
mail_max_userip_connections = 100
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
auth_cache_size = 0
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {root}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/homes/%u allow_all_users=yes
}}
protocol lmtp {{
  postmaster_address = postmaster@mail.example
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""
OAUTH2 = """
introspection_mode = post
introspection_url = http://127.0.0.1:{token_port}/introspect
active_attribute = active
active_value = true
username_attribute = username
"""


def runs_any_of(group: int) -> bool:
    """Whether any process of this group runs; one that has ended and that nobody asked for its end yet does not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _parent, its_group, *_rest = stat.read_text().rpartition(")")[2].split()
            if int(its_group) == group and state not in "ZX":
                return True
    return False


class Dovecot:
    """Starts and dies at a test's word; its mail stays."""

    def __init__(self, *, can_push: bool = True) -> None:
        self.can_push = can_push  # without it the server does not know IDLE
        self.root = Path(tempfile.mkdtemp(prefix="helpdesk-dovecot-"))
        self.imap_port, self.imaps_port, self.lmtp_port, self.token_port = (
            ports.free_port() for _ in range(4)
        )
        self.process: subprocess.Popen | None = None
        self.set_up()

    def set_up(self) -> None:
        is_root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        user, login_user = ("dovecot", "dovenull") if is_root else (me, me)
        account = pwd.getpwnam(user)
        homes = self.root / "homes"
        homes.mkdir()
        if is_root:
            self.root.chmod(0o755)
            os.chown(homes, account.pw_uid, account.pw_gid)
        make_certificate(self.root)
        config = CONFIG.format(
            root=self.root,
            user=user,
            group=grp.getgrgid(account.pw_gid).gr_name,
            login_user=login_user,
            password=PASSWORD,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
        )
        config += "" if self.can_push else "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS\n"
        (self.root / "dovecot.conf").write_text(config)
        (self.root / "oauth2.conf").write_text(OAUTH2.format(token_port=self.token_port))

    @property
    def certificate(self) -> str:
        return str(self.root / "cert.pem")

    def start(self) -> None:
        program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "Dovecot is needed: .ci/tools installs it."
        self.process = subprocess.Popen(
            [program, "-F", "-c", str(self.root / "dovecot.conf")], start_new_session=True
        )
        is_up = wait_for(self.answers, seconds=20, stop=Flag())
        assert is_up, (self.root / "log").read_text()[-2000:]

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.root / "log").read_text()[-2000:]
        return all(ports.answers("127.0.0.1", port) for port in (self.imap_port, self.lmtp_port))

    def kill(self) -> None:
        """`kill -9`, with all it started. Nothing of it runs when this returns: a child that still holds a socket would keep
        the next one from starting."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            assert wait_for(lambda: not runs_any_of(self.process.pid), seconds=20, stop=Flag())
            self.process = None

    def restart(self) -> None:
        self.kill()
        self.start()

    def end(self) -> None:
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def new_user(self) -> str:
        """A user with an empty mailbox."""
        return f"u{next(numbers)}@{DOMAIN}"

    def deliver(self, user: str, *mails: bytes) -> None:
        """By LMTP, as a mail server in front would."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            for mail in mails:
                lmtp.sendmail("carla@customer.example", [user], mail)

    @contextmanager
    def client(self, user: str, folder: str = "INBOX") -> Iterator[MailBoxUnencrypted]:
        """Another mail program on the same mailbox."""
        with MailBoxUnencrypted("127.0.0.1", self.imap_port).login(user, PASSWORD, folder) as mailbox:
            yield mailbox

    def count(self, user: str, folder: str = "INBOX") -> int:
        with self.client(user) as mailbox:
            return mailbox.folder.status(folder)["MESSAGES"] if mailbox.folder.exists(folder) else 0

    def deal_out_uids_anew(self, user: str) -> None:
        """Lose what the server knows of the UIDs, as a restored backup or a move to another server does."""
        mail = self.root / "homes" / user / "mail"
        for path in [
            mail / "dovecot-uidlist",
            *mail.glob("dovecot.index*"),
            *mail.glob("dovecot.list.index*"),
        ]:
            path.unlink(missing_ok=True)

    def options(self, user: str, **more: object) -> dict:
        """An inbox's options that lead here."""
        return {
            "imap_is_on": True,
            "imap_host": "127.0.0.1",
            "imap_port": self.imap_port,
            "imap_security": "none",
            "imap_user": user,
        } | more


def make_certificate(folder: Path) -> None:
    """Self-made, for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def plain_context(certificate: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)
