from django.urls import path

from helpdesk.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("choices/", views.choices, name="choices"),
    path("bell/", views.bell, name="bell"),
    path("reading/", views.read_all, name="read_all"),
    path("<int:pk>/", views.notice, name="notice"),
]
