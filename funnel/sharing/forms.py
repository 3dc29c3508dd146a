"""What is asked of a teammate who shares the report."""

from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funnel.models import ReportSchedule
from funnel.report.asking import Question, QuestionForm
from funnel.sharing.kept import asked_in
from helpdesk import clock

VALID_FOR = [("1", _("1 day")), ("7", _("7 days")), ("30", _("30 days")), ("90", _("90 days"))]
LONGEST_QUERY = 4000


class AskedForm(forms.Form):
    """Carries the query of the report's page from one request to the next."""

    asked = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)

    def question(self) -> Question:
        return asked_in(self.cleaned_data.get("asked") or "")

    @property
    def is_out_of_date(self) -> bool:
        """Whether a filter has lost its sense since the page was shown: without it more would be shared than was seen."""
        return bool(QuestionForm(QueryDict(self.cleaned_data.get("asked") or "")).errors)


class LinkForm(AskedForm):
    note = forms.CharField(
        label=_("Who is it for?"),
        required=False,
        max_length=120,
        help_text=_("Only the team sees this."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=VALID_FOR, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the reader"), choices=settings.LANGUAGES)

    def until(self) -> datetime:
        return clock.now() + timedelta(days=int(self.cleaned_data["days"]))


class MailForm(AskedForm, forms.ModelForm):
    class Meta:
        model = ReportSchedule
        fields = ("address", "every", "language")
        labels = {
            "address": _("Mail address"),
            "every": pgettext_lazy("mail", "When"),
            "language": _("Language of the reader"),
        }
        widgets = {"address": forms.EmailInput({"autocomplete": "off"}), "every": forms.RadioSelect}
