from django.urls import path

from helpdesk.people import being_there, views

urlpatterns = [
    path("login/", views.login_page, name="login"),
    path("logout/", views.logout_page, name="logout"),
    path("account/", views.account_page, name="account"),
    path("account/password/", views.change_password, name="change_password"),
    path("account/availability/", being_there.availability, name="availability"),
    path("account/theme/", views.choose_theme, name="choose_theme"),
]
