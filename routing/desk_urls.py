"""What routing has to say of one ticket, beside its conversation."""

from django.urls import path

from routing.views import trigger_runs, ways

app_name = "routing_desk"
urlpatterns = [
    path("way/", ways.way, name="way"),
    path("firings/", trigger_runs.of_ticket, name="firings"),
    path("way/again/", ways.ask_again, name="ask_again"),
]
