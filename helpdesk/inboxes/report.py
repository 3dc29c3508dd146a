"""The operator's proof that nothing was lost: what came in, and what became of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count

from helpdesk.inboxes.models import RawMessage


def inbound_report(since: datetime | None = None) -> dict[str, Any]:
    """Counts of raw messages by outcome, in all and for each inbox.

    One query, so one moment: `received` is always the sum of the outcomes, `pending` among them.
    """
    rows = RawMessage.objects.all() if since is None else RawMessage.objects.filter(received_at__gte=since)
    counted = list(
        rows.values("inbox_id", "inbox__name", "inbox__address", "inbox__kind", "outcome")
        .annotate(number=Count("pk"))
        .order_by("inbox_id", "outcome")
    )
    inboxes: dict[int, dict[str, Any]] = {}
    for row in counted:
        inbox = inboxes.setdefault(
            row["inbox_id"],
            {"inbox": row["inbox__name"], "address": row["inbox__address"], "kind": row["inbox__kind"]}
            | summed([]),
        )
        inbox[row["outcome"]] += row["number"]
        inbox["received"] += row["number"]
    report = summed(inboxes.values())
    return {"since": since.isoformat() if since else None, **report, "inboxes": list(inboxes.values())}


def summed(counts: Iterable[dict[str, Any]]) -> dict[str, int]:
    counts = list(counts)
    return {name: sum(one[name] for one in counts) for name in ("received", *RawMessage.Outcome.values)}
