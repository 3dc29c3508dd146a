import asyncio
import signal

from django.core.management.base import BaseCommand, CommandParser

from helpdesk.demo.sink import run_sink


class Command(BaseCommand):
    help = "Keep every outgoing mail on this machine instead of sending it (read them at /demo/mailbox/)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2526)

    def handle(self, *args: object, **options: object) -> None:
        asyncio.run(self.serve(str(options["host"]), int(str(options["port"]))))

    async def serve(self, host: str, port: int) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stop.set)
        await run_sink(host, port, stop=stop, say=self.say)

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
