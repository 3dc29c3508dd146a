from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from helpdesk.people.models import User


def time_zone_choices() -> list[tuple[str, str]]:
    """Every zone named after a place, and UTC."""
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
    )
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in zones)]


class AccountForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme", "signature", "after_closing", "mails_notices"]
        help_texts = {
            "signature": _("Added below your answers by email."),
            "after_closing": _("Also after snoozing it and marking it as spam."),
            "mails_notices": _(
                "An answer that did not arrive, an inbox that can't be reached, and the like."
            ),
        }
        widgets = {"signature": forms.Textarea(attrs={"rows": 3})}


class PasswordForm(PasswordChangeForm):
    """Stands below another form, so it must not take the focus when the page opens."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
