from django.urls import path

from routing.service.views import tickets

app_name = "service_of"
urlpatterns = [
    path("tickets/<int:pk>/", tickets.service, name="ticket"),
    path("tickets/<int:pk>/help/", tickets.help_wanted, name="help"),
    path("tickets/<int:pk>/path/end/", tickets.end_path, name="end_path"),
    path("tickets/<int:pk>/marks/", tickets.unmark, name="unmark"),
]
