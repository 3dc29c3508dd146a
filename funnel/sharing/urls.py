from django.urls import path

from funnel.sharing import public, views

urlpatterns = [
    path("share/", views.share, name="share"),
    path("share/<int:pk>/revocation/", views.revoke, name="revoke"),
    path("share/mails/", views.schedule, name="schedule"),
    path("share/mails/<int:pk>/pause/", views.pause, name="pause"),
    path("share/mails/<int:pk>/trial/", views.try_mail, name="try_mail"),
    path("share/mails/<int:pk>/delete/", views.delete_schedule, name="delete_schedule"),
    path("shared/<str:token>/", public.show_shared, name="shared"),
    path("shared/<str:token>/report.<str:kind>", public.give_shared, name="shared_file"),
    path("unsubscribe/<str:token>/", public.leave, name="unsubscribe"),
]
