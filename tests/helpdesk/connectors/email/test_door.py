"""The door with real SMTP and LMTP sessions; its threads use the test database, so rows are really committed."""

import asyncio
import os
import signal
import smtplib
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection, connections

from helpdesk import clock
from helpdesk.connectors.email.door import open_doors
from helpdesk.connectors.email.recipients import find_recipient, ticket_address
from helpdesk.connectors.email.storing import store_mail
from helpdesk.inboxes.models import RawMessage
from helpdesk.supervisor.ports import free_port
from tests.factories import handle_raw, make_inbox, make_ticket
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db(transaction=True)


class OpenDoor:
    """The doors in a loop of their own, as the command runs them."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.lmtp_port = free_port()
        self.is_open = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self.thread.start()
        assert self.is_open.wait(10)

    async def serve(self) -> None:
        self.loop, self.stop = asyncio.get_running_loop(), asyncio.Event()
        await open_doors("127.0.0.1", 0, self.lmtp_port, tls=self.tls, stop=self.stop, opened=self.opened)
        await asyncio.get_running_loop().run_in_executor(None, connections.close_all)

    def opened(self, port: int) -> None:
        self.port = port
        self.is_open.set()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def inbox():
    return make_inbox(address="support@example.com")


@pytest.fixture
def door(inbox):
    door = OpenDoor()
    yield door
    door.close()


@pytest.fixture
def client(door):
    with smtplib.SMTP("127.0.0.1", door.port, timeout=10) as client:
        yield client


def test_a_mail_is_stored_to_the_byte_before_it_is_accepted(client, inbox):
    client.sendmail("carla@customer.example", ["support@example.com"], mail())
    raw = RawMessage.objects.get()
    assert bytes(raw.body) == mail()
    assert (raw.inbox, raw.door, raw.sender) == (inbox, "smtp", "carla@customer.example")
    assert raw.recipient == "support@example.com"


def test_a_sender_that_no_database_can_hold_costs_no_mail(inbox):
    recipient = find_recipient("support@example.com")
    store_mail(mail(), {"support@example.com": recipient}, "a\x00\udcff@customer.example", "smtp")
    assert RawMessage.objects.get().sender.endswith("@customer.example")


def test_unknown_recipients_are_refused_and_known_ones_beside_them_served(client):
    refused = client.sendmail("c@customer.example", ["support@example.com", "nobody@example.com"], mail())
    assert refused["nobody@example.com"][0] == 550
    assert refused["nobody@example.com"][1].startswith(b"5.1.1")
    assert RawMessage.objects.count() == 1
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        client.sendmail("c@customer.example", ["nobody@example.com"], mail())


def test_what_cannot_be_stored_is_not_accepted_and_the_door_goes_on_when_it_can(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inboxes_rawmessage RENAME TO away")
    try:
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            client.sendmail("c@customer.example", ["support@example.com"], mail())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO inboxes_rawmessage")
    assert refusal.value.smtp_code == 451
    client.sendmail("c@customer.example", ["support@example.com"], mail())
    assert RawMessage.objects.count() == 1


def test_a_lost_database_connection_costs_no_mail(client):
    client.sendmail("c@customer.example", ["support@example.com"], mail("one"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for _attempt in range(3):  # a sending server tries again after a 451
        try:
            client.sendmail("c@customer.example", ["support@example.com"], mail("two"))
            break
        except (smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused):
            continue
    assert RawMessage.objects.count() == 2


def test_one_mail_to_two_addresses_of_one_inbox_is_one_row_for_the_signed_one(client, inbox):
    signed = ticket_address(inbox, make_ticket(inbox).pk)
    client.sendmail("c@customer.example", ["support@example.com", signed], mail())
    assert RawMessage.objects.get().recipient == signed


def test_a_mail_that_is_too_large_is_refused(inbox, settings):
    settings.MAIL_MAX_BYTES = 1000
    door = OpenDoor()
    try:
        with smtplib.SMTP("127.0.0.1", door.port, timeout=10) as client:
            client.ehlo()
            assert client.esmtp_features["size"] == "1000"
            with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
                client.sendmail("c@customer.example", ["support@example.com"], mail("x" * 2000))
    finally:
        door.close()
    assert refusal.value.smtp_code == 552


def test_lines_of_any_length_are_taken(client):
    client.sendmail("c@customer.example", ["support@example.com"], mail("x" * 100_000))
    assert len(bytes(RawMessage.objects.get().body)) > 100_000


def swaks(port: int, *options: str) -> tuple[int, str]:
    """The exit code and the whole talk of a real mail client."""
    command = [
        "swaks",
        "--server",
        "127.0.0.1",
        "--port",
        str(port),
        "--from",
        "c@customer.example",
        "--timeout",
        "20",
    ]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_a_real_client_by_smtp_gets_its_mail_through_and_is_told_which_recipients_are_not_ours(door, inbox):
    code, talk = swaks(door.port, "--to", "support@example.com,nobody@example.com", "--body", "Hello")
    assert "<** 550 5.1.1" in talk and "<-  250 2.0.0 Stored" in talk
    raw = RawMessage.objects.get()
    assert (raw.door, raw.recipient, raw.sender) == ("smtp", "support@example.com", "c@customer.example")
    assert swaks(door.port, "--to", "nobody@example.com")[0] == 24  # swaks: no recipient was accepted


def test_a_real_client_by_lmtp_hears_of_each_recipient(door, inbox):
    make_inbox(address="sales@example.com")
    to = "support@example.com,nobody@example.com,sales@example.com"
    _code, talk = swaks(door.lmtp_port, "--protocol", "LMTP", "--to", to, "--body", "Hello")
    assert talk.count("<-  250 2.0.0 Stored") == 2
    assert talk.count("<** 550 5.1.1") == 1
    assert set(RawMessage.objects.values_list("recipient", flat=True)) == {
        "support@example.com",
        "sales@example.com",
    }


def test_lmtp_says_which_inbox_could_not_be_served_and_keeps_what_the_others_got(door, inbox):
    other = make_inbox(address="sales@example.com")
    with refusing(other), smtplib.LMTP("127.0.0.1", door.lmtp_port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("c@customer.example")
        codes = [client.rcpt(one)[0] for one in ("sales@example.com", "support@example.com")]
        assert codes == [250, 250]
        assert (client.data(mail())[0], client.getreply()[0]) == (451, 250)
    assert RawMessage.objects.get().inbox == inbox


def test_by_smtp_a_mail_is_stored_for_all_its_inboxes_or_for_none(client, inbox):
    other = make_inbox(address="sales@example.com")
    with refusing(other), pytest.raises(smtplib.SMTPDataError) as refusal:
        client.sendmail("c@customer.example", ["sales@example.com", "support@example.com"], mail())
    assert refusal.value.smtp_code == 451
    assert not RawMessage.objects.exists()


@contextmanager
def refusing(inbox):
    """While it lasts, the database takes no raw mail for this inbox."""
    rule = f"ALTER TABLE inboxes_rawmessage ADD CONSTRAINT refused CHECK (inbox_id <> {inbox.pk}) NOT VALID"
    with connection.cursor() as cursor:
        cursor.execute(rule)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE inboxes_rawmessage DROP CONSTRAINT refused")


def test_a_mail_too_large_by_lmtp_is_refused_once_for_each_recipient(inbox, settings):
    settings.MAIL_MAX_BYTES = 1000
    make_inbox(address="sales@example.com")
    door = OpenDoor()
    try:
        with smtplib.LMTP("127.0.0.1", door.lmtp_port, timeout=10) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("c@customer.example")  # without a SIZE: it shows only at the end
            client.rcpt("support@example.com")
            client.rcpt("sales@example.com")
            assert (client.data(mail("x" * 2000))[0], client.getreply()[0]) == (552, 552)
            assert client.noop()[0] == 250
    finally:
        door.close()
    assert not RawMessage.objects.exists()


@pytest.fixture
def strict(settings, inbox):
    """A door to which the loopback is a stranger's address like any other."""
    settings.MAIL_DOOR_TRUSTED = []
    settings.MAIL_DOOR_SESSIONS = 2
    settings.MAIL_DOOR_MAILS_A_MINUTE = 3
    door = OpenDoor()
    yield door
    door.close()


def test_a_stranger_who_guesses_addresses_is_hung_up_on(strict):
    with smtplib.SMTP("127.0.0.1", strict.port, timeout=30) as client:
        client.ehlo()
        client.mail("c@customer.example")
        codes = [client.rcpt(f"guess{number}@example.com")[0] for number in range(11)]
        assert codes == [550] * 10 + [421]
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()


def test_a_server_of_our_own_brings_as_many_wrong_addresses_as_people_write(client):
    client.ehlo()
    client.mail("c@customer.example")
    assert [client.rcpt(f"guess{number}@example.com")[0] for number in range(30)] == [550] * 30


def test_one_stranger_has_only_so_many_sessions_at_once_and_gets_them_back(strict):
    first, second = (smtplib.SMTP("127.0.0.1", strict.port, timeout=10) for _ in range(2))
    with pytest.raises(smtplib.SMTPConnectError) as refusal:
        smtplib.SMTP("127.0.0.1", strict.port, timeout=10)
    assert refusal.value.smtp_code == 421
    first.quit()
    for _attempt in range(50):  # the door hears of the end a moment later
        try:
            third = smtplib.SMTP("127.0.0.1", strict.port, timeout=10)
            break
        except smtplib.SMTPConnectError:
            continue
    third.quit()
    second.quit()


def test_one_stranger_sends_only_so_many_mails_a_minute_and_keeps_the_rest(strict):
    with smtplib.SMTP("127.0.0.1", strict.port, timeout=10) as client:
        for number in range(3):
            client.sendmail("c@customer.example", ["support@example.com"], mail(str(number)))
        with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
            client.sendmail("c@customer.example", ["support@example.com"], mail("4"))
    assert refusal.value.smtp_code == 450
    assert RawMessage.objects.count() == 3


def test_lmtp_answers_for_each_recipient(door, inbox):
    make_inbox(address="sales@example.com")
    with smtplib.LMTP("127.0.0.1", door.lmtp_port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("c@customer.example")
        codes = [client.rcpt(one)[0] for one in ("support@example.com", "x@example.com", "sales@example.com")]
        assert codes == [250, 550, 250]
        assert client.data(mail())[0] == 250
        assert client.getreply()[0] == 250  # the second recipient's own answer
    assert RawMessage.objects.filter(door="lmtp").count() == 2


def test_a_stored_mail_becomes_a_ticket_by_the_job(client):
    client.sendmail("c@customer.example", ["support@example.com"], mail())
    raw = handle_raw(RawMessage.objects.get().pk)
    assert raw.outcome == "created" and raw.ticket.subject == "My order"


def test_sessions_at_once_each_store_their_mail(door):
    def one(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", door.port, timeout=20) as client:
            for part in range(5):
                client.sendmail("c@customer.example", ["support@example.com"], mail(f"{number} {part}"))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert RawMessage.objects.values("digest").distinct().count() == 50


@pytest.fixture
def certificate(tmp_path):
    """A self-signed certificate for `localhost`: the paths of its two PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = timedelta(days=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(clock.now() - day)
        .not_valid_after(clock.now() + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(pem))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, *plain))
    return tmp_path / "cert.pem", tmp_path / "key.pem"


def test_a_session_is_encrypted_where_a_certificate_is_given(inbox, certificate):
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(*certificate)
    door = OpenDoor(server_side)
    try:
        with smtplib.SMTP("localhost", door.port, timeout=10) as client:
            client.starttls(context=ssl.create_default_context(cafile=certificate[0]))
            client.ehlo()
            assert "auth" not in client.esmtp_features
            client.sendmail("c@customer.example", ["support@example.com"], mail())
    finally:
        door.close()
    assert RawMessage.objects.count() == 1


def test_the_command_encrypts_with_the_certificate_of_the_environment_and_reads_a_renewed_one(
    inbox, certificate
):
    port, database = free_port(), urlsplit(os.environ["DATABASE_URL"])
    env = os.environ | {
        "MAIL_TLS_CERT": str(certificate[0]),
        "MAIL_TLS_KEY": str(certificate[1]),
        "DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
    }
    command = [sys.executable, "manage.py", "mail_door", "--port", str(port)]
    door = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert "mail door open" in next(line for line in door.stdout if "door" in line)
        code, talk = swaks(port, "--to", "support@example.com", "--tls", "--body", "Hello")
        assert code == 0 and "TLS started" in talk, talk
        door.send_signal(signal.SIGHUP)
        assert "was read again" in next(door.stdout)
        code, talk = swaks(port, "--to", "support@example.com", "--tls", "--body", "Hello again")
        assert code == 0, talk
    finally:
        door.terminate()
        door.communicate(timeout=20)
    assert RawMessage.objects.count() == 2
