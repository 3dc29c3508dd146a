import signal
import threading

from django.core.management.base import BaseCommand

from helpdesk.connectors.email.imap.fetcher import Fetcher


class Command(BaseCommand):
    help = "Fetch mail by IMAP for every inbox that asks for it, until stopped."

    def handle(self, *args: object, **options: object) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("mail fetcher ready")
        self.stdout.flush()
        Fetcher().run(stop)
