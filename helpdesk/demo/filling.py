"""Filling an empty helpdesk with the demo shop, once."""

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from helpdesk import clock
from helpdesk.demo.models import Filling
from helpdesk.people.models import User

LOCK = 0x64656D6F  # "demo"


def fill_demo() -> str:
    """Run settings.DEMO_FILLERS in one transaction: after a crash nothing is there and it can be run again.

    Returns a sentence on what was done. A helpdesk in which people work already is left alone.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if Filling.objects.exists():
            return "The demo workspace is there already."
        if User.objects.exists():
            return "This helpdesk is in use, so no demo data were added to it."
        for path in settings.DEMO_FILLERS:
            import_string(path)()
        Filling.objects.create(filled_at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner should know at once what has come in
    return "The demo workspace is filled."
