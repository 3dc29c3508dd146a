from django.urls import path

from helpdesk.connectors.telegram import views

app_name = "telegram"
urlpatterns = [path("<str:key>/", views.hook, name="hook")]
