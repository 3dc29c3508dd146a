"""The report's own settings, under /settings/."""

from django.urls import path

from funnel.page import reporting

app_name = "funnel_settings"
urlpatterns = [
    path("reporting/", reporting.reporting, name="reporting"),
    path("reporting/anew/", reporting.reckon_anew, name="anew"),
]
