"""The formula of priority: its weights, and what counts as urgent, important and big."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.workspace.permissions import admin_only
from routing.models import PriorityFormula
from routing.service.priority import HIGH, INPUTS, URGENT, formula, weight_of


class FormulaForm(forms.ModelForm):
    """One number an input, named weight_<key>."""

    class Meta:
        model = PriorityFormula
        fields = ["is_active", "urgent_words", "best_plans", "much_spent", "big_company"]
        widgets = {"urgent_words": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "urgent_words": gettext_lazy(
                "Words with commas between, in every language that you are written in."
            ),
            "best_plans": gettext_lazy("Names of plans with commas between."),
            "much_spent": gettext_lazy(
                "From here on the points for spending are full; half of it is half the points."
            ),
            "big_company": gettext_lazy("From so many people on the points for size are full."),
        }

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        for key, each in INPUTS.items():
            self.fields[f"weight_{key}"] = forms.IntegerField(
                label=each.label,
                min_value=0,
                max_value=100,
                initial=weight_of(key, self.instance),
                widget=forms.NumberInput(attrs={"class": "input"}),
            )

    @property
    def weights(self) -> list[forms.BoundField]:
        return [self[f"weight_{key}"] for key in INPUTS]

    def save(self, commit: bool = True) -> PriorityFormula:
        row = super().save(commit=False)
        row.weights = {key: self.cleaned_data[f"weight_{key}"] for key in INPUTS}
        row.version += 1
        row.save()
        return row


@admin_only
def priority_formula(request: HttpRequest) -> HttpResponse:
    form = FormulaForm(request.POST or None, instance=formula())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The formula is saved. It counts when something happens to a ticket."))
        return redirect("service:priority")
    page = {"form": form, "urgent": URGENT, "high": HIGH}
    return render(request, "service/priority.html", page, status=422 if form.errors else 200)
