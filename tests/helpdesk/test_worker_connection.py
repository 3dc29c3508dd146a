"""A worker goes on as soon as its database does."""

import psycopg
import pytest
from celery.signals import task_postrun
from django.db import OperationalError, connection

import helpdesk.celery  # noqa: F401 - what follows every job

pytestmark = pytest.mark.django_db(transaction=True)


def answer() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        return cursor.fetchone()[0]


def test_a_connection_that_died_with_a_job_is_none_of_the_next():
    answer()
    settings = connection.get_connection_params()
    place = {name: settings[name] for name in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**place) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        answer()
    with pytest.raises(OperationalError):
        answer()
    task_postrun.send(sender=None)
    assert answer() == 42


def test_a_connection_that_is_well_is_kept():
    answer()
    kept = connection.connection
    task_postrun.send(sender=None)
    assert connection.connection is kept
