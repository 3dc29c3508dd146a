from django import forms

from helpdesk.proactive.models import ProactiveLimits


class LimitsForm(forms.ModelForm):
    class Meta:
        model = ProactiveLimits
        fields = ["a_day", "pause_days"]
