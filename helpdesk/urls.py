"""The whole site on one page."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from helpdesk.connectors.webchat.embedding import chatwoot
from helpdesk.people.views import login_to_admin

urlpatterns = [
    path("", include("helpdesk.health.urls")),  # /healthz /readyz /metrics
    path("", include("helpdesk.people.urls")),  # /login/ /logout/ /account/
    path("", include("helpdesk.notices.root_urls")),  # /service-worker.js /manifest.webmanifest
    path("notices/", include("helpdesk.notices.urls")),
    path("language/", set_language, name="set_language"),
    path("desk/visitors/", include("helpdesk.visitors.urls")),
    path("desk/tickets/<int:pk>/", include("routing.desk_urls")),
    path("desk/", include("helpdesk.desk.urls")),
    path("settings/inboxes/<int:pk>/", include("helpdesk.connectors.email.screens.urls")),
    path("settings/inboxes/<int:pk>/", include("helpdesk.connectors.webchat.screens.urls")),
    path("settings/", include("helpdesk.workspace.urls")),
    path("settings/", include("helpdesk.visitors.settings_urls")),
    path("settings/", include("helpdesk.proactive.urls")),
    path("settings/", include("helpdesk.desk.settings_urls")),
    path("settings/", include("routing.urls")),
    path("settings/", include("routing.service.settings_urls")),
    path("service/", include("routing.service.ticket_urls")),
    path("monitor/", include("routing.monitor.urls")),
    path("settings/", include("knowledge.settings_urls")),
    path("settings/", include("funnel.settings_urls")),
    path("funnel/", include("funnel.urls")),
    path("widget/", include("helpdesk.connectors.webchat.urls")),
    path("packs/js/sdk.js", chatwoot, name="chatwoot"),  # where Chatwoot's snippet looks for it
    path("hooks/mail/", include("helpdesk.connectors.email.urls")),
    path("hooks/telegram/", include("helpdesk.connectors.telegram.urls")),
    path("", include("helpdesk.tickets.urls")),  # /rate/ /files/
    path("api/v1/articles/", include("knowledge.api_urls")),
    path("api/", include("helpdesk.api.urls")),  # /api/v1/ /api/schema/
    path("admin/login/", login_to_admin, name="admin_login"),  # one way in for all, with its limit on tries
    path("admin/", admin.site.urls),
    *([path("demo/", include("helpdesk.demo.urls"))] if settings.DEMO else []),
    path("", include("knowledge.urls")),  # the help center: last, it owns the root
]
