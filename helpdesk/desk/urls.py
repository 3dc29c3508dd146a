from django.urls import path

from helpdesk.desk.views import doing, handing_over, joining, live, mails, pages

app_name = "desk"
urlpatterns = [
    path("", pages.pile, name="home"),
    path("views/", pages.piles, name="piles"),
    path("views/<slug:key>/", pages.pile, name="pile"),
    path("search/", pages.search, name="search"),
    path("changes/", live.changes, name="changes"),
    path("tickets/new/", doing.new_ticket, name="new_ticket"),
    path("tickets/<int:pk>/", pages.ticket, name="ticket"),
    path("tickets/<int:pk>/older/", pages.older, name="older"),
    path("tickets/<int:pk>/refreshed/", pages.refreshed, name="refreshed"),
    path("tickets/<int:pk>/messages/", doing.write, name="write"),
    path("tickets/<int:pk>/look/", doing.look, name="look"),
    path("tickets/<int:pk>/ways/", doing.ways, name="ways"),
    path("tickets/<int:pk>/shortcuts/", doing.shortcuts, name="shortcuts"),
    path("tickets/<int:pk>/colleagues/", doing.colleagues, name="colleagues"),
    path("tickets/<int:pk>/merger/", joining.merger, name="merger"),
    path("tickets/<int:pk>/handing-over/", handing_over.handover, name="handover"),
    path("tickets/<int:pk>/timeline/", joining.timeline, name="timeline"),
    path("tickets/<int:pk>/<slug:noun>/", doing.change, name="change"),
    path("messages/<int:pk>/original/", mails.original, name="original"),
    path("messages/<int:pk>/original/pictures/", mails.original_with_pictures, name="pictures"),
    path("messages/<int:pk>/reading/", mails.reread, name="reread"),
    path("messages/<int:pk>/split/", joining.split, name="split"),
    path("messages/<int:pk>/delivery/", doing.retry, name="retry"),
    path("messages/<int:pk>/undo/", doing.undo, name="undo"),
]
