from django.urls import path

from helpdesk.notices import app_views

urlpatterns = [
    path("service-worker.js", app_views.service_worker, name="service_worker"),
    path("manifest.webmanifest", app_views.manifest, name="manifest"),
]
