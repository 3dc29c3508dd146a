from django.urls import path

from helpdesk.notices import device_views, views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("choices/", views.choices, name="choices"),
    path("bell/", views.bell, name="bell"),
    path("reading/", views.read_all, name="read_all"),
    path("devices/", device_views.devices, name="devices"),
    path("devices/key/", device_views.push_key, name="push_key"),
    path("devices/<int:pk>/deletion/", device_views.delete_device, name="delete_device"),
    path("devices/<int:pk>/trial/", device_views.try_one, name="try_device"),
    path("<int:pk>/", views.notice, name="notice"),
]
