"""The site with the demo pages, which a site with DEMO=0 has not got."""

from django.urls import include, path

from helpdesk.urls import urlpatterns as site

urlpatterns = [path("demo/", include("helpdesk.demo.urls")), *site]
