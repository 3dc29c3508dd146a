from django.urls import path

from helpdesk.connectors.email.providers import views

app_name = "email"
urlpatterns = [path("<str:key>/<slug:provider>/<slug:kind>/", views.hook, name="hook")]
