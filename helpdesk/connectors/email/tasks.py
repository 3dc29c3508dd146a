"""Doors for jobs: ids in, one verb called."""

from helpdesk.celery import app
from helpdesk.connectors.email.imap.reconciling import reconcile
from helpdesk.connectors.email.models import ImapFolder


@app.task
def reconcile_folder(folder_id: int) -> None:
    folder = ImapFolder.objects.select_related("inbox").filter(pk=folder_id).first()
    if folder:
        reconcile(folder)
