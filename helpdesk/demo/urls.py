from django.urls import include, path

from helpdesk.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.shop, name="shop"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:number>/", views.mail, name="mail"),
    path("mailbox/<int:number>/html/", views.mail_html, name="mail_html"),
    path("telegram/", include("helpdesk.demo.telegram.urls")),
]
