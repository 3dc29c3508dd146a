from django.urls import path

from helpdesk.visitors import views

app_name = "visitors"
urlpatterns = [
    path("", views.visitors, name="visitors"),
    path("count/", views.count, name="count"),
    path("<uuid:visitor>/", views.visitor, name="visitor"),
    path("<uuid:visitor>/chat/", views.chat, name="chat"),
    path("<uuid:visitor>/ban/", views.ban, name="ban"),
    path("<uuid:visitor>/lifting/", views.lift, name="lift"),
]
