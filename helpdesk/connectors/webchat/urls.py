from django.urls import path

from helpdesk.connectors.webchat import api, views

app_name = "webchat"
urlpatterns = [
    path("loader.js", views.loader, name="loader"),
    path("more/<str:version>.js", views.more, name="more"),
    path("script/<str:version>.js", views.script, name="script"),
    path("frame/<str:key>/", views.frame, name="frame"),
    path("plain/<str:key>/", views.plain, name="plain"),
    path("api/start/", api.start, name="start"),
    path("api/messages/", api.messages, name="messages"),
    path("api/changes/", api.changes, name="changes"),
    path("api/earlier/", api.earlier, name="earlier"),
    path("api/seen/", api.seen, name="seen"),
    path("api/details/", api.details, name="details"),
    path("api/rating/", api.rating, name="rating"),
    path("api/logout/", api.logout, name="logout"),
]
