import asyncio
import signal
import ssl

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.connectors.email.door import open_doors


class Command(BaseCommand):
    help = "Take in mail by SMTP, and by LMTP where a port for it is given, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2525)
        parser.add_argument("--lmtp-port", type=int)
        parser.add_argument(
            "--tls-cert",
            default=settings.MAIL_TLS_CERT,
            help="PEM file; with --tls-key it turns STARTTLS on (default: MAIL_TLS_CERT). SIGHUP reads both again",
        )
        parser.add_argument(
            "--tls-key", default=settings.MAIL_TLS_KEY, help="PEM file (default: MAIL_TLS_KEY)"
        )

    def handle(self, *args: object, **options: object) -> None:
        try:
            asyncio.run(self.serve(options))
        except OSError as error:
            raise CommandError(f"The mail door can't be opened: {error}.") from error

    async def serve(self, options: dict) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        tls = None
        if options["tls_cert"]:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(options["tls_cert"], options["tls_key"] or None)
            asyncio.get_running_loop().add_signal_handler(
                signal.SIGHUP, self.renew, tls, options["tls_cert"], options["tls_key"]
            )
        await open_doors(
            options["host"],
            options["port"],
            options["lmtp_port"],
            tls=tls,
            stop=stop,
            opened=lambda port: self.stdout.write(f"mail door open on {options['host']}:{port}"),
        )

    def renew(self, tls: ssl.SSLContext, cert: str, key: str) -> None:
        """A renewed certificate, for the sessions from now on; one that can't be read leaves the old one in use."""
        try:
            tls.load_cert_chain(cert, key or None)
        except (OSError, ssl.SSLError) as error:
            self.stderr.write(f"The certificate stays the old one: {error}")
        else:
            self.stdout.write("the certificate was read again")
