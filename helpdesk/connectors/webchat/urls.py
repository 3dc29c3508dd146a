from django.urls import path

from helpdesk.connectors.webchat import api, around, embedding, plain, teasing, tracking, views, watching

app_name = "webchat"
urlpatterns = [
    path("loader.js", views.loader, name="loader"),
    path("<str:key>/loader.js", embedding.loader, name="loader_of"),
    path("intercom.js", embedding.intercom, name="intercom"),
    path("<str:key>/intercom.js", embedding.intercom, name="intercom_of"),
    path("<str:key>/packs/js/sdk.js", embedding.chatwoot, name="chatwoot_of"),
    path("more/<str:version>.js", views.more, name="more"),
    path("script/<str:version>.js", views.script, name="script"),
    path("frame/<str:key>/", views.frame, name="frame"),
    path("watch/<str:key>/", watching.watch, name="watch"),
    path("watching/<str:version>.js", watching.script, name="watch_script"),
    path("plain/<str:key>/", plain.plain, name="plain"),
    path("api/start/", api.start, name="start"),
    path("api/here/", watching.here, name="here"),
    path("api/track/", tracking.track, name="track"),
    path("api/proactive/", teasing.proactive, name="proactive"),
    path("api/messages/", api.messages, name="messages"),
    path("api/changes/", api.changes, name="changes"),
    path("api/earlier/", api.earlier, name="earlier"),
    path("api/seen/", api.seen, name="seen"),
    path("api/details/", api.details, name="details"),
    path("api/rating/", api.rating, name="rating"),
    path("api/standing/", around.standing_now, name="standing"),
    path("api/answers/", around.answers, name="answers"),
    path("api/choice/", around.choice, name="choice"),
    path("api/thumb/", around.thumb, name="thumb"),
    path("api/logout/", api.logout, name="logout"),
]
