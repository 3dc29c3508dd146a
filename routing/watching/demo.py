"""The demo's one threshold. Filling twice changes nothing."""

from routing.models import Threshold


def fill_thresholds() -> None:
    if Threshold.objects.exists():
        return
    Threshold.objects.create(
        figure=Threshold.Figure.LONGEST,
        channel="webchat",
        amount=5,
        minutes=2,
        tells=[Threshold.Tells.ADMINS, Threshold.Tells.LEADS],
    )
