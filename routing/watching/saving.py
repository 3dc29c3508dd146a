"""Saving thresholds. What one was about to tell is forgotten when it is changed: it begins anew."""

from django.db import transaction

from routing.models import Threshold
from routing.watching.forms import ThresholdForm


@transaction.atomic
def save_threshold(form: ThresholdForm) -> Threshold:
    row = form.save(commit=False)
    begin_anew(row)
    row.save()
    form.save_m2m()
    return row


def switch_threshold(row: Threshold, *, on: bool) -> None:
    row.is_active = on
    begin_anew(row)
    row.save()


def begin_anew(row: Threshold) -> None:
    row.passed_since = row.told_at = row.normal_since = None
