"""Forms of the core's settings screens; those of inboxes are in inbox_forms."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from helpdesk.people.forms import time_zone_choices
from helpdesk.people.models import User, Workspace

DEPARTMENTS = User._meta.get_field("departments").related_model


class WorkspaceForm(forms.ModelForm):
    class Meta:
        model = Workspace
        fields = ["name", "language", "undo_seconds"]
        help_texts = {
            "name": _("Customers see it on the help center and in mails."),
            "language": _("For new teammates."),
            "undo_seconds": _("0 sends at once. A chat is always sent at once."),
        }


class AgentForm(forms.ModelForm):
    departments = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=DEPARTMENTS.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Open departments are seen by everybody; restricted ones by their members and admins."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)

    class Meta:
        model = User
        fields = ["name", "email", "role", "language", "time_zone"]
        help_texts = {
            "email": _("The address to log in with."),
            "role": _("Admins see every ticket and these settings; agents work on tickets and articles."),
        }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["departments"].queryset = DEPARTMENTS.objects.filter(is_active=True)
        if self.instance.pk:
            self.initial["departments"] = self.instance.departments.all()

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Somebody of the team has this address already."))
        return email

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        if user.pk is None:
            user.set_unusable_password()
        user.save()
        retired = user.departments.filter(is_active=False)
        user.departments.set([*self.cleaned_data["departments"], *retired])
        return user


class WelcomeForm(SetPasswordForm):
    """The first password of a teammate, or a new one."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["new_password2"].help_text = ""
