from django.urls import path

from helpdesk.demo.telegram import bot_api, views

urlpatterns = [
    path("", views.phone, name="telegram"),
    path("chats/", views.chats, name="telegram_chats"),
    path("chats/<int:chat_id>/", views.phone, name="telegram_chat"),
    path("chats/<int:chat_id>/news/", views.news, name="telegram_news"),
    path("chats/<int:chat_id>/lines/", views.lines, name="telegram_lines"),
    path("files/<uuid:key>/", views.line_file, name="telegram_file"),
    path("api/bot<str:token>/<str:method>", bot_api.call, name="telegram_method"),
    path("api/file/bot<str:token>/documents/<uuid:key>", bot_api.file, name="telegram_download"),
]
