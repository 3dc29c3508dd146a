from django.urls import path

from helpdesk.desk.views import saved

app_name = "desk_settings"
urlpatterns = [path("views/", saved.views, name="views")]
