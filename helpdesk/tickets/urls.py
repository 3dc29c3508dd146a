from django.urls import path

from helpdesk.tickets import views

app_name = "tickets"
urlpatterns = [
    path("rate/<str:token>/<int:score>/", views.rate, name="rate"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("files/<uuid:key>/", views.file, name="file"),
]
