from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from helpdesk.api import calls, pages, views
from helpdesk.api.attributes import AttributeViewSet
from helpdesk.api.shortcuts import ShortcutViewSet

router = SimpleRouter()
router.register("tickets", views.TicketViewSet, "ticket")
router.register("contacts", views.ContactViewSet, "contact")
router.register("attributes", AttributeViewSet, "attribute")
router.register("departments", views.DepartmentViewSet, "department")
router.register("inboxes", views.InboxViewSet, "inbox")
router.register("shortcuts", ShortcutViewSet, "shortcut")
router.register("events", views.EventViewSet, "event")

app_name = "api"
urlpatterns = [
    path("", pages.about, name="about"),
    path("schema/", SpectacularAPIView.as_view(throttle_classes=[]), name="schema"),
    path("v1/", include(router.urls)),
    path("v1/calls/", calls.new_call, name="new_call"),
    path("v1/me/", views.me, name="me"),
    re_path(r"^v1/.*$", views.nothing_here),
]
