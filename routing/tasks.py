"""Doors for jobs: ids in, one verb called. The timetable is in helpdesk/celery.py."""

from helpdesk.celery import app
from routing.assignment import engine, offering, recalling, returning, shifts, tracing
from routing.bots import running as bots
from routing.dry_runs import running
from routing.service import escalating, priority, promises
from routing.triggers import forgetting, waiting
from routing.watching import alerts, overload
from routing.webhooks import calling


@app.task
def send_webhook_call(call_id: int) -> None:
    calling.send_call(call_id)


@app.task
def send_due_webhook_calls() -> None:
    for call_id in calling.due_calls():
        send_webhook_call.delay(call_id)


@app.task
def forget_old_webhook_calls() -> None:
    calling.forget_old_calls()


@app.task
def run_dry_run(run_id: int) -> None:
    running.run_dry_run(run_id)


@app.task
def hand_over_silent_bots() -> None:
    bots.hand_over_silent()


@app.task
def sweep_triggers() -> None:
    waiting.sweep_all()


@app.task
def forget_old_firings() -> None:
    forgetting.forget_old_runs()


@app.task
def assign_waiting() -> None:
    """What time alone changes: chats that were not opened, people who left or are called back; then give out what waits."""
    offering.accept_opened()
    offering.end_due_offers()
    recalling.end_due_recalls()
    returning.return_from_absent()
    engine.assign_waiting()


@app.task
def keep_shifts_in_time() -> None:
    shifts.follow_time_zone()


@app.task
def forget_old_traces() -> None:
    tracing.forget_old_traces()


@app.task
def watch_promises() -> None:
    """What is promised and near or missed, who waits longer than before, and the next steps of escalation."""
    promises.look_at_due()
    priority.look_again()
    escalating.take_due_steps()


@app.task
def watch_monitor() -> None:
    """Thresholds that were passed, and how hard it is to serve all who wait in chats."""
    overload.watch_overload()
    alerts.watch_thresholds()
