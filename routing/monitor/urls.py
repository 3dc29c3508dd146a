from django.urls import path

from routing.monitor import views

app_name = "monitor"
urlpatterns = [
    path("", views.monitor, name="monitor"),
    path("wall/", views.wall, name="wall"),
    path("agents/<int:pk>/recall/", views.recall, name="recall"),
    path("agents/<int:pk>/return/", views.end, name="end_recall"),
    path("tickets/<int:pk>/assignee/", views.reassign, name="reassign"),
]
