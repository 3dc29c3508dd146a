from django.urls import path

from funnel.page import views

app_name = "funnel"
urlpatterns = [
    path("", views.show_funnel, name="page"),
    path("report.svg", views.give_svg, name="svg"),
    path("report.csv", views.give_csv, name="csv"),
    path("report.json", views.give_json, name="json"),
]
