from django.urls import path

from helpdesk.workspace.views import agents, attributes, deliveries, home, inboxes, incoming, loops, shortcuts

app_name = "workspace"
urlpatterns = [
    path("", home.home, name="home"),
    path("general/", home.general, name="general"),
    path("agents/", agents.agents, name="agents"),
    path("agents/new/", agents.new_agent, name="new_agent"),
    path("agents/<int:pk>/", agents.agent, name="agent"),
    path("agents/<int:pk>/invitation/", agents.invitation, name="invitation"),
    path("agents/<int:pk>/activity/", agents.activity, name="activity"),
    path("welcome/<str:key>/<str:token>/", agents.welcome, name="welcome"),
    path("inboxes/", inboxes.inboxes, name="inboxes"),
    path("inboxes/new/", inboxes.new_inbox, name="new_inbox"),
    path("inboxes/new/<slug:kind>/", inboxes.new_inbox, name="new_inbox_of"),
    path("inboxes/<int:pk>/", inboxes.inbox, name="inbox"),
    path("inboxes/<int:pk>/connection/", inboxes.connection, name="connection"),
    path("shortcuts/", shortcuts.shortcuts, name="shortcuts"),
    path("shortcuts/new/", shortcuts.shortcut, name="new_shortcut"),
    path("shortcuts/<int:pk>/", shortcuts.shortcut, name="shortcut"),
    path("shortcuts/<int:pk>/deletion/", shortcuts.delete_shortcut, name="delete_shortcut"),
    path("shortcuts/<int:pk>/restoration/", shortcuts.restore_shortcut, name="restore_shortcut"),
    path("shortcuts/<int:pk>/copy/", shortcuts.copy_shortcut, name="copy_shortcut"),
    path("shortcuts/preview/", shortcuts.preview, name="preview_shortcut"),
    path("shortcuts/export/", shortcuts.export_shortcuts, name="export_shortcuts"),
    path("shortcuts/import/", shortcuts.import_shortcuts, name="import_shortcuts"),
    path("attributes/", attributes.attributes, name="attributes"),
    path("attributes/new/", attributes.new_attribute, name="new_attribute"),
    path("attributes/<slug:of>/<str:key>/", attributes.attribute, name="attribute"),
    path("attributes/<slug:of>/<str:key>/place/", attributes.move_attribute, name="move_attribute"),
    path("attributes/<slug:of>/<str:key>/retirement/", attributes.retire_attribute, name="retire_attribute"),
    path(
        "attributes/<slug:of>/<str:key>/restoration/", attributes.restore_attribute, name="restore_attribute"
    ),
    path("loops/", loops.loops, name="loops"),
    path("loops/<int:pk>/closure/", loops.allow, name="allow_answers"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/queue/", deliveries.queue, name="deliveries_queue"),
    path("deliveries/queue/now/", deliveries.hurry, name="hurry_deliveries"),
    path("deliveries/<int:pk>/", deliveries.retry, name="retry_delivery"),
    path("incoming/", incoming.incoming, name="incoming"),
    path("incoming/<int:pk>/", incoming.raw, name="raw"),
    path("incoming/<int:pk>/source/", incoming.source, name="raw_source"),
    path("incoming/<int:pk>/replay/", incoming.replay, name="replay"),
]
