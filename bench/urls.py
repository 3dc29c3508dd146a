from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from helpdesk.asgi import application as helpdesk_application  # noqa: F401  loads the apps before the views


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing")


urlpatterns = [path("bench/nothing/", nothing), path("", include("helpdesk.urls"))]
