from django.urls import path

from helpdesk.proactive import views

app_name = "proactive"
urlpatterns = [
    path("messages/", views.messages_list, name="messages"),
    path("messages/new/", views.message, name="new_message"),
    path("messages/limits/", views.limits, name="limits"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("messages/<int:pk>/activity/", views.activity, name="activity"),
    path("messages/<int:pk>/place/", views.place, name="place"),
    path("messages/<int:pk>/deletion/", views.delete, name="delete_message"),
]
