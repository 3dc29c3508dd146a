from django.urls import path

from helpdesk.visitors import bans

app_name = "bans"
urlpatterns = [
    path("bans/", bans.bans, name="bans"),
    path("bans/<int:pk>/lifting/", bans.lift, name="lift"),
]
