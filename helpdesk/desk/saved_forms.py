"""The form of a saved view."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.desk.filters.parsing import LONGEST_QUERY
from helpdesk.desk.saved import MOST_VIEWS, add_view, views_of
from helpdesk.desk.search import search
from helpdesk.desk.sorting import SORTS, sorts_for
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import SavedView

Audience = SavedView.Audience


class SavedViewForm(forms.ModelForm):
    """A name for a query, in which order it is listed, and who sees it besides whoever made it.

    `audience` is "me", "everybody" (admins alone choose it) or a department's id.
    """

    query = forms.CharField(
        label=pgettext_lazy("view", "Filter"),
        max_length=LONGEST_QUERY,
        help_text=_("As you would write it into the search box."),
    )
    sort = forms.ChoiceField(label=_("Order"), choices=[(sort.name, sort.title) for sort in SORTS.values()])
    audience = forms.ChoiceField(label=_("Who sees it"))
    needs_open = _("This order needs a filter such as is:open.")

    class Meta:
        model = SavedView
        fields = ["name", "query", "sort"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.departments = {str(department.pk): department for department in departments_of(user)}
        shared = [(Audience.EVERYBODY.value, Audience.EVERYBODY.label)] if user.is_admin else []
        if self.instance.audience == Audience.EVERYBODY and not shared:
            shared = [(Audience.EVERYBODY.value, Audience.EVERYBODY.label)]
        self.fields["audience"].choices = [
            (Audience.ME.value, Audience.ME.label),
            *shared,
            *((pk, str(department)) for pk, department in self.departments.items()),
        ]
        self.initial["audience"] = self.instance.department_id or self.instance.audience

    def clean_query(self) -> str:
        found = search(self.cleaned_data["query"], self.user)
        if found.problems:
            raise forms.ValidationError([str(problem) for problem in found.problems])
        if not found.asked.terms:
            raise forms.ValidationError(_("Write a filter, such as is:open tag:invoice."))
        self.asked = found.asked
        return str(found.asked)[:LONGEST_QUERY]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "query" in data and "sort" in data:
            possible = sorts_for(is_open=self.asked.is_open)
            if data["sort"] not in [sort.name for sort in possible]:
                self.add_error("sort", self.needs_open)
        if self.instance.pk is None and len(views_of(self.user)) >= MOST_VIEWS:
            self.add_error(
                None, _("You have %(most)s views already; delete one first.") % {"most": MOST_VIEWS}
            )
        return data

    def keep(self) -> SavedView:
        view = self.save(commit=False)
        chosen = self.cleaned_data["audience"]
        view.department = self.departments.get(chosen)
        view.audience = Audience.DEPARTMENT if view.department else chosen
        if view.pk is None:
            return add_view(view, owner=self.user)
        view.save()
        return view
