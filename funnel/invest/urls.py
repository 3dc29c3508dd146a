from django.urls import path

from funnel.invest import views

urlpatterns = [
    path("invest/", views.show_signals, name="signals"),
    path("invest/<int:pk>/decision/", views.decide, name="decide"),
    path("savings/", views.show_savings, name="savings"),
]
