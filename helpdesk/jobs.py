"""Queueing a job without ever failing the one who queues."""

import logging

from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from helpdesk.celery import app

log = logging.getLogger(__name__)


def queue(task: str, *arguments: object) -> None:
    """Hand a job, by its full name, to the worker. With the broker away it is only logged: the row that
    the job is about is found by a sweep. With JOBS_INLINE it runs here and now."""
    if settings.JOBS_INLINE:
        import_string(task).apply(args=arguments, throw=True)
        return
    try:
        app.send_task(task, args=arguments, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("The broker is away (%s): %s%s waits for its sweep.", error, task, arguments)
