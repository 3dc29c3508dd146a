"""The Celery application, the one timetable of periodic jobs, and what follows every job."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Each job sweeps for due rows with SKIP LOCKED, so a missed or doubled run does no harm.
app.conf.beat_schedule = {
    "tell forgotten events": {"task": "helpdesk.events.tasks.tell_forgotten", "schedule": 15},
    "read forgotten raw messages": {"task": "helpdesk.tickets.tasks.read_forgotten", "schedule": 15},
    "deliver due messages": {"task": "helpdesk.tickets.tasks.deliver_due", "schedule": 5},
    "mail unread notices": {"task": "helpdesk.notices.tasks.mail_due", "schedule": 15},
    "push notices to devices": {"task": "helpdesk.notices.tasks.send_due_pushes", "schedule": 5},
    "mail unread chat answers": {"task": "helpdesk.tickets.tasks.mail_unread_answers", "schedule": 10},
    "fold the numbers of the piles": {"task": "helpdesk.tickets.tasks.fold_pile_counts", "schedule": 15},
    "check the numbers of the piles": {
        "task": "helpdesk.tickets.tasks.check_pile_counts",
        "schedule": 6 * 3600,
    },
    "send due surveys": {"task": "helpdesk.tickets.tasks.send_due_surveys", "schedule": 20},
    "empty the trash": {"task": "helpdesk.tickets.tasks.empty_trash", "schedule": 900},
    "look who is at the desk": {"task": "helpdesk.people.tasks.look_who_is_there", "schedule": 15},
    "wake snoozed tickets": {"task": "helpdesk.tickets.tasks.wake_due", "schedule": 30},
    "let the bot close what stayed silent": {"task": "helpdesk.tickets.tasks.close_silent", "schedule": 60},
    "forget what can no longer be taken back": {
        "task": "helpdesk.desk.tasks.forget_undone",
        "schedule": 3600,
    },
    "forget drafts of what is long finished": {
        "task": "helpdesk.desk.tasks.forget_drafts",
        "schedule": 3600,
    },
    "write down the time spent on tickets": {"task": "helpdesk.desk.tasks.record_time", "schedule": 60},
    "send due webhook calls": {"task": "routing.tasks.send_due_webhook_calls", "schedule": 10},
    "watch what is promised": {"task": "routing.tasks.watch_promises", "schedule": 10},
    "fire triggers that wait for time": {"task": "routing.tasks.sweep_triggers", "schedule": 30},
    "hand over what bots wait for": {"task": "routing.tasks.hand_over_silent_bots", "schedule": 20},
    "assign what waits": {"task": "routing.tasks.assign_waiting", "schedule": 5},
    "watch the monitor's figures": {"task": "routing.tasks.watch_monitor", "schedule": 20},
    "keep shifts in the workspace's time zone": {"task": "routing.tasks.keep_shifts_in_time", "schedule": 60},
    "forget old webhook calls": {"task": "routing.tasks.forget_old_webhook_calls", "schedule": 3600},
    "forget old pushes": {"task": "helpdesk.notices.tasks.forget_old_pushes", "schedule": 6 * 3600},
    "forget old traces": {"task": "routing.tasks.forget_old_traces", "schedule": 3600},
    "forget old firings": {"task": "routing.tasks.forget_old_firings", "schedule": 6 * 3600},
    "refresh the funnel": {"task": "funnel.tasks.refresh", "schedule": 20},
    "send the report by mail": {"task": "funnel.tasks.send_due_reports", "schedule": 60},
    "look for signals in the funnel": {"task": "funnel.tasks.look_for_signals", "schedule": 60},
    "worker heartbeat": {"task": "helpdesk.health.tasks.beat", "schedule": 10},
}


@task_postrun.connect
def let_go_of_dead_connections(**_named: Any) -> None:
    """Celery looks at a connection once in CELERY_DB_REUSE_MAX jobs: after the database has died, every job until then would
    fail. One that has met an error is looked at here, and closed where it is of no use; the next job makes another."""
    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred and connection.connection is not None:
            connection.close_if_unusable_or_obsolete()
